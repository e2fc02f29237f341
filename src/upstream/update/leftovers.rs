//! Places of a file that still name the release of before.

use rnix::NodeOrToken;
use rnix::SyntaxKind::*;

use crate::upstream::nix::reading::File;

/// The lines, of texts and comments, that hold a version as a whole.
pub fn leftovers(file: &File, version: &str) -> Vec<usize> {
    // A number alone is in every second line.
    if !version.contains('.') {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for part in file.root.descendants_with_tokens() {
        let NodeOrToken::Token(token) = part else { continue };
        if !matches!(token.kind(), TOKEN_STRING_CONTENT | TOKEN_COMMENT | TOKEN_URI) {
            continue;
        }
        let start = usize::from(token.text_range().start());
        lines.extend(holds(token.text(), version).map(|at| file.line(start + at)));
    }
    lines.dedup();
    lines
}

/// Where a version stands that is no part of a longer one.
fn holds(text: &str, version: &str) -> impl Iterator<Item = usize> {
    let goes_on = |c: char| c.is_ascii_digit() || c == '.';
    text.match_indices(version).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let mut behind = text[at + version.len()..].chars();
        let next = behind.next();
        let is_longer = next.is_some_and(|c| c.is_ascii_digit())
            || next == Some('.') && behind.next().is_some_and(|c| c.is_ascii_digit());
        !before.is_some_and(goes_on) && !is_longer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_still_names_the_old_release() {
        let file = File::parse(
            "{\n  # since 1.2.3.\n  a = \"x-1.2.3\";\n  b = \"11.2.3\";\n  c = \"1.2.30 1.2.3.4\";\n  d = 1.2;\n}\n",
        );
        let file = file.unwrap();
        assert_eq!(leftovers(&file, "1.2.3"), [2, 3]);
        assert_eq!(leftovers(&file, "3"), [] as [usize; 0]);
    }
}
