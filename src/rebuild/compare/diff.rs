//! The first lines in which two files differ, for people.

use std::fmt::Write;
use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use super::Difference;

/// Lines before the first that differs, and lines from it on.
const BEFORE: usize = 3;
const WINDOW: usize = 40;
/// Characters of a line, and those of them in front of what differs.
const WIDTH: usize = 240;
const LEAD: usize = 60;

/// What differs of two files with other bytes.
pub(super) fn difference(path: &str, built: &[u8], published: &[u8]) -> Difference {
    match text(published).zip(text(built)) {
        Some((published, built)) => lines(path, built, published),
        None => Difference::Binary { at: common(built.iter(), published.iter()) },
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn common<T: PartialEq>(left: impl Iterator<Item = T>, right: impl Iterator<Item = T>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

/// Only a window is compared line by line: files may be large, and have nothing in common.
fn lines(path: &str, built: &str, published: &str) -> Difference {
    let old: Vec<&str> = published.split_inclusive('\n').collect();
    let new: Vec<&str> = built.split_inclusive('\n').collect();
    let first = common(old.iter(), new.iter());
    let shortest = old.len().min(new.len()) - first;
    let after = common(old.iter().rev(), new.iter().rev()).min(shortest);
    let start = first.saturating_sub(BEFORE);
    let window = |lines: &[&str]| start..(lines.len() - after + BEFORE).min(first + WINDOW).min(lines.len());
    let (of_old, of_new) = (window(&old), window(&new));
    let mut diff = format!(
        "--- registry/{path}\n+++ built/{path}\n@@ -{} +{} @@\n",
        place(of_old.clone()),
        place(of_new.clone())
    );
    let lead = match (old.get(first), new.get(first)) {
        (Some(old), Some(new)) => common(old.chars(), new.chars()).saturating_sub(LEAD),
        _ => 0,
    };
    for change in TextDiff::from_slices(&old[of_old.clone()], &new[of_new.clone()]).iter_all_changes() {
        let (sign, at) = match change.tag() {
            ChangeTag::Equal => (' ', None),
            ChangeTag::Delete => ('-', change.old_index()),
            ChangeTag::Insert => ('+', change.new_index()),
        };
        let is_first = at == Some(first - start);
        let line = clipped(change.value(), if is_first { lead } else { 0 });
        // Writing to a string cannot fail.
        let _ = writeln!(diff, "{sign}{line}");
        if !change.value().ends_with('\n') {
            diff.push_str("\\ No newline at end of file\n");
        }
    }
    if of_old.end + after < old.len() || of_new.end + after < new.len() {
        diff.push_str("...\n");
    }
    Difference::Text { line: first + 1, diff }
}

/// Start (from 1, or the line before an empty range) and length, as `diff -u` writes them.
fn place(lines: Range<usize>) -> String {
    let start = if lines.is_empty() { lines.start } else { lines.start + 1 };
    format!("{start},{}", lines.len())
}

/// A line without its end, from a character on, and no longer than a person reads.
fn clipped(line: &str, lead: usize) -> String {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let lead = if line.chars().count() > WIDTH { lead } else { 0 };
    let mut rest = line.chars().skip(lead);
    let shown: String = rest.by_ref().take(WIDTH).collect();
    let before = if lead > 0 { "..." } else { "" };
    let behind = if rest.next().is_some() { "..." } else { "" };
    format!("{before}{shown}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(built: &str, published: &str) -> (usize, String) {
        match difference("a.js", built.as_bytes(), published.as_bytes()) {
            Difference::Text { line, diff } => (line, diff),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_changed_line() {
        let published: String = (1..=30).map(|n| format!("line {n}\n")).collect();
        let (line, diff) = diff(&published.replace("line 12\n", "evil()\n"), &published);
        assert_eq!(line, 12);
        insta::assert_snapshot!(diff, @r"
        --- registry/a.js
        +++ built/a.js
        @@ -9,7 +9,7 @@
         line 9
         line 10
         line 11
        -line 12
        +evil()
         line 13
         line 14
         line 15
        ");
    }

    #[test]
    fn ends_and_nothing() {
        let (line, text) = diff("a\nb", "a\nb\n");
        assert_eq!(line, 2);
        insta::assert_snapshot!(text, @r"
        --- registry/a.js
        +++ built/a.js
        @@ -1,2 +1,2 @@
         a
        -b
        +b
        \ No newline at end of file
        ");
        let (line, text) = diff("a\n", "");
        assert_eq!(line, 1);
        assert!(text.ends_with("@@ -0,0 +1,1 @@\n+a\n"), "{text}");
        // A line that is there twice in one file.
        let (line, text) = diff("a\na\n", "a\n");
        assert_eq!(line, 2);
        assert!(text.ends_with(" a\n+a\n"), "{text}");
    }

    #[test]
    fn it_is_bounded() {
        let old: String = (0..50_000).map(|n| format!("{n}\n")).collect();
        let new: String = (0..50_000).map(|n| format!("x{n}\n")).collect();
        let (line, text) = diff(&new, &old);
        assert_eq!((line, text.lines().count()), (1, 3 + 2 * WINDOW + 1));
        assert!(text.ends_with("\n...\n"));
        // One long line is shown where it differs.
        let long = "var a=1;".repeat(100_000);
        let (line, text) = diff(&format!("{long}evil();{long}"), &format!("{long}{long}"));
        assert_eq!(line, 1);
        assert!(text.contains("evil();") && text.len() < 1_000, "{text}");
    }

    #[test]
    fn what_is_no_text() {
        assert_eq!(difference("a", b"ab\0c", b"ab\0d"), Difference::Binary { at: 3 });
        assert_eq!(difference("a", b"ab", b"ab\xff"), Difference::Binary { at: 2 });
    }
}
