//! The layout of `tests/emit/guix/layout`: `NAME.scm` as somebody wrote it, `NAME.styled.scm` as
//! `guix style --whole-file` of Guix 1.5 left it.

use include_dir::{Dir, include_dir};

use super::*;

static LAYOUT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/emit/guix/layout");

fn error(text: &str) -> String {
    format("m.scm", text).unwrap_err().to_string()
}

#[test]
fn definitions_are_laid_out_as_guix_style_does_it() {
    let text = |path: &str| LAYOUT.get_file(path).unwrap().contents_utf8().unwrap();
    let mut seen = 0;
    for file in LAYOUT.files() {
        let path = file.path().to_str().unwrap();
        if path.ends_with(".styled.scm") {
            continue;
        }
        let styled = text(&path.replace(".scm", ".styled.scm"));
        let laid_out = once(path, text(path)).unwrap();
        assert!(
            laid_out == styled,
            "{path}:\n{}",
            similar::TextDiff::from_lines(styled, &laid_out).unified_diff()
        );
        assert_eq!(format(path, styled).unwrap(), styled, "{path} again");
        seen += 1;
    }
    assert!(seen > 8, "{seen} files");
}

#[test]
fn what_takes_guix_style_two_runs_is_done_in_one() {
    let text = "(define a 1) ;one\n(define b 2)\n";
    assert_eq!(once("m.scm", text).unwrap(), "(define a\n  1)\n ;one\n(define b\n  2)\n");
    assert_eq!(format("m.scm", text).unwrap(), "(define a\n  1)\n;one\n(define b\n  2)\n");
    let text = "(define a ;one\n  1)\n";
    assert_eq!(once("m.scm", text).unwrap(), "(define a\n   ;one\n  1)\n");
    assert_eq!(format("m.scm", text).unwrap(), "(define a\n  ;; one\n  1)\n");
}

#[test]
fn a_false_that_reaches_the_last_column_does_not_count() {
    // Guix asks for the first item that would protrude, and takes `#f` for "none".
    let deep = |item| format("m.scm", &format!("{}f {item}{}", "(".repeat(75), ")".repeat(75))).unwrap();
    assert!(deep("#f").contains(&format!("(f\n{}#f)", " ".repeat(77))), "{}", deep("#f"));
    assert!(deep("#t").contains(&format!("(f\n{}#t)", " ".repeat(75))), "{}", deep("#t"));
}

#[test]
fn text_that_is_no_scheme_is_refused_with_its_place() {
    assert_eq!(error("(a\n  (b"), "m.scm:2:3: this parenthesis is never closed");
    assert_eq!(error("(a))"), "m.scm:1:4: a closing ')' that closes nothing, or not what was opened");
    assert_eq!(error("(é b]"), "m.scm:1:5: a closing ']' that closes nothing, or not what was opened");
    assert_eq!(error("a \"b\n c"), "m.scm:1:3: this string is never closed");
    assert_eq!(error("(\"a\\q\")"), "m.scm:1:4: \\q is no escape of a Guile string");
    assert_eq!(error("\"\\xg0\""), "m.scm:1:2: \\x is no escape of a Guile string");
    assert_eq!(error("\"\\UFFFFFF\""), "m.scm:1:2: \\UFFFFFF is no escape of a Guile string");
    assert_eq!(error("'"), "m.scm:1:1: nothing follows '");
    assert_eq!(error("(a #~)"), "m.scm:1:4: nothing follows #~");
    assert_eq!(error("(#:)"), "m.scm:1:2: nothing follows #:");
    assert_eq!(error("#{a"), "m.scm:1:1: this symbol in #{}# is never closed");
    for text in ["(a . )", "(a . b c)", "(a . . b)", "( . )", ". a", "#(a . b)"] {
        assert!(error(text).ends_with(&Fault::Dot.to_string()), "{text}");
    }
}

#[test]
fn what_guix_style_would_lose_is_refused() {
    assert_eq!(error("(a #;b)"), "m.scm:1:4: a block or datum comment would be lost: write line comments");
    for text in ["#| a |# b", "#!/bin/guile\n!#"] {
        assert!(error(text).ends_with(&Fault::LostComment.to_string()), "{text}");
    }
    assert!(error("(a ;one\n . b)").ends_with(&Fault::CommentInPair.to_string()));
    assert!(error("(a . b ;one\n)").ends_with(&Fault::CommentInPair.to_string()));
    assert!(error("#(a ;one\n)").ends_with(&Fault::CommentInVector.to_string()));
    for text in ["#'a", "#`a", "#vu8(1)", "#tru", "#\\nothing", "#xg", "#<a>"] {
        assert!(error(text).contains("is no Guile syntax"), "{text}");
    }
}

#[test]
fn the_stack_is_kept() {
    let nested = |open: &str, depth: usize, close: &str| open.repeat(depth) + "a" + &close.repeat(depth);
    for (open, close) in [("(", ")"), ("(a . ", ")"), ("'", ""), ("#(", ")"), ("(package ", ")")] {
        assert!(format("m.scm", &nested(open, 300, close)).is_ok(), "{open}");
        assert!(error(&nested(open, 100_000, close)).contains("nested more than 300 deep"), "{open}");
    }
}

#[test]
fn nothing_gives_nothing() {
    assert_eq!(format("m.scm", "").unwrap(), "");
    assert_eq!(format("m.scm", "\n\n;; x").unwrap(), "\n;; x\n");
    assert_eq!(format("m.scm", "a\r\n\u{c}\nb").unwrap(), "a\n\u{c}\nb\n");
}
