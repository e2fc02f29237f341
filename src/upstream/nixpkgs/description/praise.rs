//! Words that praise: a description of nixpkgs is "factual, without subjective language".

/// Adjectives that say nothing of what a package does.
const PRAISE: [&str; 28] = [
    "amazing",
    "awesome",
    "battle-tested",
    "beautiful",
    "blazing-fast",
    "delightful",
    "developer-friendly",
    "easy-to-use",
    "elegant",
    "feature-rich",
    "friendly",
    "fun",
    "gorgeous",
    "lightweight",
    "lovely",
    "modern",
    "next-gen",
    "next-generation",
    "nice",
    "pleasant",
    "powerful",
    "pretty",
    "robust",
    "simple-to-use",
    "sleek",
    "state-of-the-art",
    "stunning",
    "user-friendly",
];
/// The same, which are parts of names as well: `Simple Object Access Protocol`.
const PLAIN: [&str; 3] = ["clean", "easy", "simple"];
/// Adjectives that say something alone, but not in a row with praise.
const IN_ROWS: [&str; 10] = [
    "efficient",
    "extensible",
    "fast",
    "flexible",
    "little",
    "quick",
    "scalable",
    "small",
    "tiny",
    "versatile",
];
/// Words that go before praise.
const ADVERBS: [&str; 8] =
    ["blazing", "blazingly", "extremely", "highly", "incredibly", "really", "super", "very"];
/// What cannot stand alone without the adjective before it.
const KEEPERS: [&str; 8] = ["and", "but", "enough", "or", "to", "way", "ways", "yet"];
/// Superlatives.
const BEST: [&str; 10] = [
    "best", "coolest", "easiest", "fastest", "finest", "greatest", "nicest", "simplest", "smallest",
    "smartest",
];

fn lower(word: &str) -> String {
    word.trim_end_matches(',').to_lowercase()
}

/// Whether praise is left that cannot be left out.
pub(super) fn praises(text: &str) -> bool {
    let words: Vec<String> = text.split(' ').map(lower).collect();
    let is_slogan = |pair: &[String]| pair[0] == "made" && PLAIN.contains(&pair[1].as_str());
    words.iter().any(|word| BEST.contains(&word.as_str())) || words.windows(2).any(is_slogan)
}

/// A text without the praise that it begins with.
pub(super) fn without_praise(text: &str) -> Option<&str> {
    let words: Vec<&str> = text.split(' ').collect();
    let (mut taken, mut is_row) = (0, false);
    while let Some(word) = words.get(taken) {
        let plain = lower(word);
        let plain = plain.as_str();
        let next = words.get(taken + 1).copied().unwrap_or_default();
        let goes_on = word.ends_with(',') || matches!(next, "and" | "&" | "yet" | "but");
        if ADVERBS.contains(&plain) && is_any(&lower(next)) {
            taken += 1;
            continue;
        }
        let is_praise = PRAISE.contains(&plain)
            || PLAIN.contains(&plain) && (goes_on || is_row || !begins_name(next))
            || IN_ROWS.contains(&plain) && (is_row || goes_on && row_praises(&words[taken..]));
        if !is_praise {
            break;
        }
        taken += 1;
        is_row = goes_on;
        if !word.ends_with(',') && goes_on {
            taken += 1;
        }
    }
    let first = words.get(taken)?;
    let keeps = KEEPERS.contains(&lower(first).as_str());
    let at = words[..taken].iter().map(|word| word.len() + 1).sum();
    (taken > 0 && !keeps).then(|| &text[at..])
}

fn is_any(word: &str) -> bool {
    [&PRAISE[..], &PLAIN, &IN_ROWS].iter().any(|list| list.contains(&word))
}

/// Whether one of a row of adjectives is praise.
fn row_praises(words: &[&str]) -> bool {
    let row = words.iter().take_while(|word| is_any(&lower(word)) || matches!(**word, "and" | "&"));
    row.map(|word| lower(word)).any(|word| PRAISE.contains(&word.as_str()) || PLAIN.contains(&word.as_str()))
}

/// A capital and small letters: `Object`, and not `API`.
fn begins_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn praise_is_left_out_where_it_leads() {
        for (text, rest) in [
            ("simple, flexible, fun test framework", Some("test framework")),
            ("Lightweight, extensible schema tool", Some("schema tool")),
            ("Modern, fast, powerful web framework", Some("web framework")),
            ("Modern Web UI", Some("Web UI")),
            ("Simple, cross-format library", Some("cross-format library")),
            ("Simple command line tool", Some("command line tool")),
            ("Simple API client", Some("API client")),
            ("fast and simple parser", Some("parser")),
            ("Fast & easy-to-use parser", Some("parser")),
            ("Blazingly fast parser", Some("fast parser")),
            ("super simple parser", Some("parser")),
            // Facts, and parts of names.
            ("Simple Object Access Protocol client", None),
            ("Fast Fourier transform", None),
            ("Fast, small parser", None),
            ("Small utility", None),
            ("Little endian reader", None),
            ("Easy way to do it", None),
            ("Simple to use parser", None),
            ("Simple", None),
            ("Fun", None),
            ("Parser", None),
            ("", None),
        ] {
            assert_eq!(without_praise(text), rest, "{text}");
        }
        assert!(praises("Fastest way to create it") && praises("Way, the best, to go"));
        assert!(praises("Single page apps made easy") && !praises("Easy way to do it"));
        assert!(!praises("Bestiary"));
    }
}
