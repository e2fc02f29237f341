//! Logical lines: continuations joined, comments taken out.

/// Lines that say something, each with the number (from 1) of the first that it is made of.
pub fn logical(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in text.lines().enumerate() {
        let comment = line.trim_start().starts_with('#');
        let (number, mut joined) = open.take().unwrap_or((at + 1, String::new()));
        match line.strip_suffix('\\').filter(|_| !comment) {
            Some(before) => {
                joined.push_str(before);
                open = Some((number, joined));
            }
            None => {
                // A comment ends what is continued into it.
                joined.push_str(if comment { " " } else { "" });
                joined.push_str(line);
                found.push((number, joined));
            }
        }
    }
    found.extend(open);
    found
        .into_iter()
        .map(|(number, line)| (number, without_comment(&line)))
        .filter(|(_, l)| !l.is_empty())
        .collect()
}

/// A `#` starts a comment at the start of a line or after white space: in a URL it is part of it.
fn without_comment(line: &str) -> String {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let end = line.match_indices('#').find(starts).map_or(line.len(), |(at, _)| at);
    line[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_comments_go() {
        let text = "# first\na==1 \\\n    --hash=x \\\n    # via b\nb @ https://h/x#egg=b # c\n\n#x\\\nc==1#d\nd==1 \\";
        let expected = [(2, "a==1     --hash=x"), (5, "b @ https://h/x#egg=b"), (8, "c==1#d"), (9, "d==1")];
        let read = logical(text);
        assert_eq!(read.iter().map(|(at, line)| (*at, line.as_str())).collect::<Vec<_>>(), expected);
    }
}
