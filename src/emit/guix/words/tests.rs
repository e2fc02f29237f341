use super::*;

const FOO: Subject<'static> =
    Subject { ecosystem: Ecosystem::Npm, name: "foo", version: "1.2.3", guix_name: "node-foo" };

fn both(text: &str) -> (String, String) {
    (synopsis(Some(text), &FOO), description(Some(text), &FOO))
}

#[test]
fn the_packages_own_words() {
    for (text, short, long) in [
        ("Parse JSON fast", "Parse JSON fast", "Parse JSON fast."),
        ("A fast parser.", "Fast parser", "This package provides a fast parser."),
        ("Provides x and y", "Provides x and y", "This package provides x and y."),
        ("foo is a parser. It is fast.", "Parser", "Foo is a parser.  It is fast."),
        ("`foo`: the {fast} one", "@{fast@} one", "@code{foo}: the @{fast@} one."),
        ("jQuery plugin", "@code{jQuery} plugin", "@code{jQuery} plugin."),
        ("well-known things", "Well-known things", "Well-known things."),
        ("@types for x", "@code{@@types} for x", "@code{@@types} for x."),
        ("Use 'this' and that", "Use @code{this} and that", "Use @code{this} and that."),
        ("Really?", "Really?", "Really."),
        ("一个库。", "JavaScript package: 一个库。", "JavaScript package: 一个库."),
        ("It allows to run", "It allows one to run", "It allows one to run."),
        ("node-foo tool", "@code{node-foo} tool", "@code{node-foo} tool."),
    ] {
        assert_eq!(both(text), (short.to_owned(), long.to_owned()), "{text}");
    }
}

#[test]
fn without_words_the_kind_and_the_name() {
    let none = (synopsis(None, &FOO), description(None, &FOO));
    assert_eq!(none.0, "JavaScript package @code{foo}");
    let said = none.1.replace('\n', " ");
    assert_eq!(
        said,
        "This is version 1.2.3 of the JavaScript package @code{foo}. Its metadata does not describe it."
    );
    for text in ["", " \n", "A", "a", "...", "🎉", "---", "`", "A ", "<br>", "![x](y)", "\u{0}"] {
        assert_eq!(both(text), none, "{text:?}");
    }
}

/// The rules of `guix lint` (guix/lint.scm, checkers synopsis, description and formatting), said again.
fn lint(short: &str, long: &str) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    let mut rule = |holds: bool, what| {
        if !holds {
            wrong.push(what);
        }
    };
    let starts = |text: &str| {
        text.starts_with("@code{")
            || text.starts_with(|c: char| "(\"'`".contains(c) || c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let lower = short.to_lowercase();
    rule(!short.is_empty() && short.chars().count() < 80 && !short.contains('\n'), "synopsis: length");
    rule(starts(short) && !lower.starts_with("a ") && !lower.starts_with("an "), "synopsis: start");
    rule(!short.ends_with(['.', ' ']) && !lower.starts_with("node-foo"), "synopsis: end or name");
    rule(starts(long), "description: start");
    rule(long.ends_with('.') && !long.contains(['™', '®', '\t', '\u{1b}']), "description: end or signs");
    rule(!TYPOS.iter().any(|(typo, _)| long.contains(typo)), "description: typo");
    let quoted = long.split_whitespace().any(|word| {
        let first = word.find(['\'', '`']);
        first.is_some_and(|at| word[at + 1..].rfind('\'').is_some_and(|end| end > 0))
    });
    rule(!quoted, "description: quotes");
    let point = |at: usize| long[at + 2..].starts_with(|c: char| c.is_ascii_uppercase());
    let known = |before: &str| before.ends_with(|c: char| c.is_ascii_uppercase()) || before.ends_with("e.g");
    rule(
        !long.match_indices(". ").any(|(at, _)| point(at) && !known(&long[..at])),
        "description: sentence space",
    );
    rule(long.lines().all(|line| line == line.trim() && line.chars().count() <= 90), "description: lines");
    for text in [short, long] {
        let mut depth = 0_i32;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '@' if chars.next_if(|c| "@{}".contains(*c)).is_some() => {}
                '@' => {
                    let command: String =
                        std::iter::from_fn(|| chars.next_if(|c| c.is_ascii_alphabetic())).collect();
                    rule(command == "code" && chars.next() == Some('{') && depth == 0, "texinfo: command");
                    depth += 1;
                }
                '{' => rule(false, "texinfo: brace"),
                '}' => depth -= 1,
                _ => {}
            }
            rule((0..2).contains(&depth), "texinfo: depth");
        }
        rule(depth == 0, "texinfo: unclosed");
    }
    wrong
}

#[test]
fn whatever_it_says_lint_has_nothing_to_say() {
    let long = "Lorem ipsum @dolor {sit} \"amet\", `consectetur adipiscing elit`. ".repeat(12);
    let texts = [
        "\"Quoted\" start",
        "'quoted' start",
        "(parenthesis",
        "}{@@{}",
        "@code{",
        "\\input texinfo @bye now",
        "@end ignore\n@c comment",
        "An an a the thing",
        "The",
        "the the the",
        "Über-tool",
        "écrit en français. Très bien",
        "🚀 blazing fast",
        "**",
        "# Heading only",
        "> quoted\n> text",
        "- item one\n- item two",
        "1. one",
        "<script>alert('x')</script> hello",
        "<b",
        "a < b > c",
        "&lt;b&gt; &copy; &#64;code{",
        "Ends with e.g.",
        "Ends with etc.",
        "What's 'this'? It's 'that'.",
        "rock'n'roll 'n' 'more stuff'",
        "one. Two. three. J. Doe. E.g. This. i.e. That",
        "Dr. Foo and Mr. Bar. No. Yes",
        "node-foo",
        "node-foo. Tool",
        "NODE-FOO tool",
        "foo",
        "foo: ",
        "foo - x",
        "FOO is a",
        "`code with spaces that is long and longer than the synopsis would ever have it be, really` end",
        "`a`b`c` d",
        "``",
        "```\ncode\n```",
        "``a ` b`` c",
        "日本語の説明文です。これはとても長い文章で、スペースがありません。",
        "مكتبة جافا سكريبت",
        "\u{202e}reversed",
        "tab\there\r\nand\u{c}there\u{b}",
        "$ npm i foo",
        "--flag does",
        "._- x",
        "https://example.org/a/very/long/address/that/does/not/end/anywhere/at/all/and/goes/on/for/ever/and/ever",
        "This packages provices useable invokation. This modules allows to x permits to y dependants",
        "a",
        "ab",
        "A b",
        "0",
        "42",
        "3D engine",
        "#1 tool",
        "C# binding",
        ".NET bridge",
        "…",
        "….",
        "wait…",
        "ß tool",
        &long,
        &"x".repeat(500),
        &"@".repeat(500),
        &"{ ".repeat(500),
        &"字".repeat(500),
        &"' ".repeat(200),
        &"'a'".repeat(100),
        &"`a` ".repeat(100),
        &"Sentence one. ".repeat(60),
    ];
    for text in texts {
        let (short, long) = both(text);
        assert_eq!(lint(&short, &long), [""; 0], "{text:?}\n{short}\n{long}");
    }
}
