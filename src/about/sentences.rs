//! Where sentences of English text end.

/// Abbreviations after which a sentence goes on, without their last point.
const ABBREVIATIONS: [&str; 6] = ["i.e", "e.g", "a.k.a", "resp", "cf", "al"];

/// Whether a sentence ends between these words; `code` are the marks before and behind code.
pub fn ends(word: &str, next: &str, code: [char; 2]) -> bool {
    let [begin, end] = code;
    let capital = next.trim_start_matches(['"', '(']).starts_with(|c: char| c.is_uppercase() || c == begin);
    let bare = word.trim_end_matches(['"', ')', end]);
    if !capital || !bare.ends_with(['.', '!', '?']) {
        return false;
    }
    let stem = bare.trim_end_matches('.');
    let initial = stem.len() == 1 && stem.starts_with(|c: char| c.is_ascii_uppercase());
    let short = stem.to_ascii_lowercase();
    !(bare.ends_with('.')
        && (initial || ABBREVIATIONS.iter().any(|known| short.trim_start_matches('(') == *known)))
}

/// The sentences of a paragraph of Markdown, each with its last sign.
pub fn split(paragraph: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    let mut words = paragraph.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if let Some(open) = found.last_mut() {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(word);
        }
        if words.peek().is_some_and(|next| ends(word, next, ['`', '`'])) {
            found.push(String::new());
        }
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_sentences_end() {
        for (text, expected) in [
            ("One is here. `Two` too! Three", "One is here. | `Two` too! | Three"),
            (
                "It reads files, e.g. Tar and Zip. J. R. wrote it.",
                "It reads files, e.g. Tar and Zip. | J. R. wrote it.",
            ),
            ("Version 1.2 of it. and more", "Version 1.2 of it. and more"),
            ("", ""),
        ] {
            assert_eq!(split(text).join(" | "), expected, "{text}");
        }
    }
}
