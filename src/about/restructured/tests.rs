use super::*;

#[test]
fn marks_within_a_line() {
    for (text, expected) in [
        ("wraps Mutagen_, a library", "wraps Mutagen, a library"),
        ("(see Mutagen_) and a.b-c_.", "(see Mutagen) and a.b-c."),
        ("an anonymous__ one", "an anonymous one"),
        ("see `the docs`_ and `more`__", "see the docs and more"),
        ("`here <https://x.example/a_b>`_, `there <b_>`__", "here, there"),
        ("`<https://x.example>`_ alone", "https://x.example alone"),
        ("names snake_case, __init__, _private and a_ b", "names snake_case, __init__, _private and a b"),
        ("an *emph* and **strong text** and ``co_de``", "an emph and strong text and `co_de`"),
        ("``a`b`` and ``*.py``", "`` a`b `` and `*.py`"),
        ("``n`` or ``m``, *E* or *I*, a_, b_", "`n` or `m`, E or I, a, b"),
        ("`quoted` as code", "`quoted` as code"),
        (":class:`Foo`, :py:func:`~a.b.c` and :meth:`!x.y`", "`Foo`, `c` and `x.y`"),
        ("`x`:code: and `y`:sub:", "`x` and y"),
        (":doc:`The guide <guide>` of :pep:`8`", "The guide of PEP 8"),
        ("as said [1]_, [#]_ and [CIT2002]_.", "as said, and."),
        ("an _`inline target` of it", "an inline target of it"),
        (r"a \*star, name\ s, a\_b and \\", r"a \*star, names, a\_b and \\"),
        (r"`a\_b`_ and *x\*y*", r"a\_b and x\*y"),
        ("2 * 3 * 4, a | b | c, 5*6*7, (*) and (*)", "2 * 3 * 4, a | b | c, 5*6*7, (*) and (*)"),
        ("``unfinished and *this", "``unfinished and *this"),
        ("« l'été »_ über_", "« l'été »_ über_"),
    ] {
        assert_eq!(inline(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["|name| is it", "see :ref:`label`", ":doc:`guide` says", "`x`:unknown: y"] {
        assert_eq!(inline(text), None, "{text}");
    }
}

#[test]
fn paragraphs_and_other_blocks() {
    let one = "The tool reads files of many kinds.";
    for (text, expected) in [
        (one.to_owned(), vec![one]),
        (format!("**The tool** {}", &one[9..]), vec![one]),
        (format!("Tool\n====\n\n* {one}\n\n1. {one}\n\n#) {one}\n\n- {one}"), vec![]),
        (format!(".. note::\n\n   {one}\n\n|b| |c|\n\n:field: {one}\n\nExample::\n\n  {one}"), vec![]),
        (format!("+---+\n| a |\n+---+\n\n__ https://x.example\n\n.. _x: y\n\n{one}"), vec![one]),
        (format!("Tool\n====\n\n{one}\n\nUse\n---\n\n{one}"), vec![one]),
    ] {
        assert_eq!(paragraphs(&text), expected, "{text}");
    }
}

#[test]
fn readmes_without_an_ending() {
    for (name, text, expected) in [
        ("README.rst", "Tool", true),
        ("README", "Tool\n====\n\n.. image:: x", true),
        ("README.txt", "Tool\n\n.. _x: y", true),
        ("README", "# Tool\n\nIt ... is", false),
        ("README.md", ".. image:: x", false),
    ] {
        assert_eq!(is_restructured(name, text), expected, "{name} {text}");
    }
}
