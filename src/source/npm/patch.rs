//! Unified diffs of a manifest, exact to the byte: what `patch` makes of them is what was compared.

use std::fmt::Write;

use similar::{Algorithm, ChangeTag, TextDiff};

/// Lines of context around a change.
const CONTEXT: usize = 3;
const NO_NEWLINE: &str = "\\ No newline at end of file\n";

/// A unified diff from `old` to `new`. Lines end at LF alone, so that a carriage return is part of its
/// line. `None` where the two are the same, or where applying it would not give `new` exactly.
pub fn diff(path: &str, old: &str, new: &str) -> Option<String> {
    if old == new {
        return None;
    }
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let lines = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&old_lines, &new_lines);
    let mut text = format!("--- a/{path}\n+++ b/{path}\n");
    for group in lines.grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let removed = first.old_range().start..last.old_range().end;
        let added = first.new_range().start..last.new_range().end;
        writeln!(text, "@@ -{} +{} @@", range(&removed), range(&added)).ok()?;
        for op in &group {
            for change in lines.iter_changes(op) {
                let sign = match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                };
                let line: &str = change.value();
                text.push(sign);
                text.push_str(line);
                if !line.ends_with('\n') {
                    text.push('\n');
                    text.push_str(NO_NEWLINE);
                }
            }
        }
    }
    (apply(old, &text).as_deref() == Some(new)).then_some(text)
}

/// Start (from 1, or the line before an empty range) and length, as `diff -u` writes them.
fn range(lines: &std::ops::Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// Applies a unified diff of one file, without fuzz or offsets; `None` where it does not fit.
pub fn apply(old: &str, diff: &str) -> Option<String> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut new = String::new();
    let mut at = 0;
    let mut lines = diff.split_inclusive('\n').skip_while(|line| !line.starts_with("@@ ")).peekable();
    while let Some(header) = lines.next() {
        let (removed, added) = header.strip_prefix("@@ -")?.split_once(" @@")?.0.split_once(" +")?;
        let ((start, mut olds), (_, mut news)) = (numbers(removed)?, numbers(added)?);
        let start = if olds == 0 { start } else { start.checked_sub(1)? };
        new.push_str(&old.get(at..start)?.concat());
        at = start;
        while olds > 0 || news > 0 {
            let line = lines.next()?;
            let (sign, mut rest) = (line.get(..1)?, line.get(1..)?);
            if lines.peek() == Some(&NO_NEWLINE) {
                lines.next();
                rest = rest.strip_suffix('\n')?;
            }
            if sign != "+" {
                if *old.get(at)? != rest {
                    return None;
                }
                at += 1;
                olds = olds.checked_sub(1)?;
            }
            if sign != "-" {
                new.push_str(rest);
                news = news.checked_sub(1)?;
            }
        }
    }
    new.push_str(&old.get(at..)?.concat());
    Some(new)
}

fn numbers(text: &str) -> Option<(usize, usize)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_with_and_without_final_newlines_and_with_carriage_returns() {
        let long: String = (0..40).map(|n| format!("  \"k{n}\": {n},\n")).collect();
        let changed = long.replace("\"k3\": 3", "\"k3\": 4").replace("\"k30\": 30", "\"k30\": \"x\"");
        for (old, new) in [
            ("{\n}\n", "{\n}"),
            ("{\n}", "{\n}\n"),
            ("{\r\n  \"a\": 1\r\n}\r\n", "{\n  \"a\": 1\n}\n"),
            ("{\r  \"a\": 1\r}", "{\r  \"a\": 2\r}"),
            ("", "{}\n"),
            ("{}\n", ""),
            ("a\nb\nc", "a\nb\nd"),
            (&long, &changed),
            (&changed, &long[..long.len() - 1]),
        ] {
            let text = diff("package.json", old, new).unwrap();
            assert_eq!(apply(old, &text).as_deref(), Some(new), "{text}");
        }
        assert_eq!(diff("p", "a\n", "a\n"), None);
    }

    #[test]
    fn reads_as_people_know_it() {
        let text = diff("package.json", "{\n \"a\": 1\n}\n", "{\n \"a\": 2\n}").unwrap();
        insta::assert_snapshot!(text, @r#"
        --- a/package.json
        +++ b/package.json
        @@ -1,3 +1,3 @@
         {
        - "a": 1
        -}
        + "a": 2
        +}
        \ No newline at end of file
        "#);
    }

    #[test]
    fn does_not_fit_another_file() {
        let text = diff("p", "a\nb\n", "a\nc\n").unwrap();
        assert_eq!(apply("x\nb\n", &text), None);
    }
}
