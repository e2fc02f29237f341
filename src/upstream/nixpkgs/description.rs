//! `meta.description` by the rules of nixpkgs' manual: one short sentence, a capital first, no article before it, not
//! the package's own name, no full stop.

/// Longest description that nobody need look at, in characters.
const LONG: usize = 100;

/// A description, and what of it a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub text: String,
    pub doubt: Option<String>,
}

/// Words that stay as they are written at the beginning of a sentence.
const LOWER: [&str; 5] = ["npm", "pnpm", "iOS", "macOS", "eBPF"];

/// From the package's own words in `says` (`package.json`); `names` are those that it must not begin with.
pub fn description(text: Option<&str>, says: &str, names: &[&str]) -> Description {
    let Some(text) = text.map(plain).filter(|text| !text.is_empty()) else {
        let doubt = Some(format!("{says} has no description: write one"));
        return Description { text: String::new(), doubt };
    };
    let (first, is_cut) = first_sentence(&text);
    let mut rest = first;
    while let Some(shorter) = without_lead(rest, names) {
        rest = shorter;
    }
    let rest = rest.trim_end_matches(['.', '!', ' ', ':', ';']);
    let text = capital(rest);
    let is_long = text.chars().count() > LONG;
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    let has_name =
        words.any(|word| names.iter().any(|name| name.len() > 3 && word.eq_ignore_ascii_case(name)));
    let doubts = [
        (is_cut, format!("only the first sentence of that of {says}")),
        (is_long, "long: shorten it".to_owned()),
        (has_name, "holds the package's name".to_owned()),
    ];
    let doubts: Vec<_> = doubts.into_iter().filter(|(is, _)| *is).map(|(_, doubt)| doubt).collect();
    Description { text, doubt: (!doubts.is_empty()).then(|| doubts.join("; ")) }
}

/// One line without markup and without what is no text (emoji).
fn plain(text: &str) -> String {
    let kept = |c: char| !matches!(c, '`' | '*') && !is_picture(c);
    let text: String = text.chars().filter(|c| kept(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27BF | 0x1F000..=0x1FAFF | 0xFE00..=0xFE0F | 0x200D | 0x2B00..=0x2BFF)
}

fn first_sentence(text: &str) -> (&str, bool) {
    let end = text.match_indices(". ").map(|(at, _)| at).find(|at| {
        let before = &text[..*at];
        // `e.g. x`, `v1. x`, `J. Doe`: no end.
        let word = before.rsplit(' ').next().unwrap_or_default();
        word.len() > 2 && !word.contains('.') && text[at + 2..].starts_with(char::is_uppercase)
    });
    end.map_or((text, false), |at| (&text[..at], true))
}

/// Without an article, the package's name, or `is a` after it.
fn without_lead<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    let starts = |lead: &str| {
        let head = text.get(..lead.len())?;
        head.eq_ignore_ascii_case(lead).then(|| text[lead.len()..].trim_start())
    };
    for article in ["a ", "an ", "the ", "this is "] {
        if let Some(rest) = starts(article).filter(|rest| !rest.is_empty()) {
            return Some(rest);
        }
    }
    let joints = [" - ", " – ", " — ", ": ", " is ", ", "];
    let (name, rest) =
        joints.iter().filter_map(|joint| text.split_once(joint)).min_by_key(|(name, _)| name.len())?;
    let is_name = names.iter().any(|own| bare(own) == bare(name));
    (is_name && !rest.is_empty()).then_some(rest)
}

/// A name as people write it one way or another: `TrashCard`, `trash-card`.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn capital(text: &str) -> String {
    let word = text.split([' ', ',', ':']).next().unwrap_or_default();
    // Of `pure-Python` the first part is no name.
    let first = word.split('-').next().unwrap_or_default();
    let is_name = LOWER.contains(&word) || first.chars().skip(1).any(char::is_uppercase);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !is_name => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_by_the_rules() {
        for (text, expected, is_sure) in [
            ("simple, flexible, fun test framework", "Simple, flexible, fun test framework", true),
            ("A CLI for creating better commits.", "CLI for creating better commits", true),
            ("foo - the `best` tool 🚀", "Best tool", true),
            ("foo is an npm helper", "npm helper", true),
            ("Foo: a linter!", "Linter", true),
            ("FooBar - indicates what is next", "Indicates what is next", true),
            ("iOS builds from anywhere", "iOS builds from anywhere", true),
            ("Formats code. It is fast.", "Formats code", false),
            ("Tool, e.g. for X", "Tool, e.g. for X", true),
            ("A", "A", true),
            ("pure-Python parser", "Pure-Python parser", true),
            ("Runs what foobar made", "Runs what foobar made", false),
        ] {
            let found = description(Some(text), "package.json", &["foo", "foobar"]);
            assert_eq!((found.text.as_str(), found.doubt.is_none()), (expected, is_sure), "{text}");
        }
        for none in [None, Some(" ** ")] {
            assert!(description(none, "package.json", &[]).doubt.unwrap().contains("write one"));
        }
        assert!(description(Some(&"word ".repeat(30)), "package.json", &[]).doubt.unwrap().contains("long"));
    }
}
