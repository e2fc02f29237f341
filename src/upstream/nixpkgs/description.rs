//! `meta.description` by the rules of nixpkgs' manual: one short sentence, a capital first, no article before it, not
//! the package's own name, no full stop, nothing but facts.

mod praise;

use praise::{praises, without_praise};

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

/// Fewest words of a first sentence that stands for a longer text.
const FEW: usize = 4;
/// What a package does: after its name, the name can be left out.
const VERBS: [&str; 20] = [
    "adds",
    "allows",
    "builds",
    "checks",
    "contains",
    "converts",
    "creates",
    "enables",
    "generates",
    "gives",
    "helps",
    "implements",
    "lets",
    "makes",
    "offers",
    "parses",
    "provides",
    "reads",
    "runs",
    "supports",
];

/// From the package's own words in `says` (`package.json`); `names` are those that it must not begin with.
pub fn description(text: Option<&str>, says: &str, names: &[&str]) -> Description {
    let Some(text) = text.map(plain).filter(|text| !text.is_empty()) else {
        let doubt = Some(format!("{says} has no description: write one"));
        return Description { text: String::new(), doubt };
    };
    let (first, is_cut) = first_sentence(&text);
    let mut rest = first;
    while let Some(shorter) = without_lead(rest, names).or_else(|| without_praise(rest)) {
        rest = shorter;
    }
    let rest = rest.trim_end_matches(['.', '!', '?', '…', ' ', ':', ';', ',']);
    let text = capital(rest);
    let is_name = names.iter().any(|name| bare(name) == bare(&text));
    let doubts = [
        (is_cut && text.split(' ').count() < FEW, format!("only the first sentence of that of {says}")),
        (text.chars().count() > LONG, "long: shorten it".to_owned()),
        (is_name, "the package's name: write what it does".to_owned()),
        (!is_name && has_name(&text, names), "holds the package's name".to_owned()),
        (praises(&text), "not factual: say what it does".to_owned()),
    ];
    let doubts: Vec<_> = doubts.into_iter().filter(|(is, _)| *is).map(|(_, doubt)| doubt).collect();
    Description { text, doubt: (!doubts.is_empty()).then(|| doubts.join("; ")) }
}

/// Whether a text speaks of the package by its name: as the name is written, or with a capital. `TLDs` are no `tlds`, nor
/// `YAML` the package `yaml`.
fn has_name(text: &str, names: &[&str]) -> bool {
    let is_acronym =
        |word: &str| word.trim_end_matches('s').chars().all(|c| c.is_uppercase() || c.is_numeric());
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.any(|word| {
        !is_acronym(word) && names.iter().any(|name| name.len() > 3 && word.eq_ignore_ascii_case(name))
    })
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
    let joined = joints.iter().filter_map(|joint| text.split_once(joint)).min_by_key(|(name, _)| name.len());
    // Of `vendor-the-tool` people say `The Tool`.
    let ends = |own: &str, name: &str| name.contains(' ') && own.ends_with(name);
    let is_name = |name: &str| {
        names
            .iter()
            .any(|own| bare(own) == bare(name) || ends(&own.replace(['-', '_'], " "), &name.to_lowercase()))
    };
    if let Some((name, rest)) = joined
        && is_name(name)
        && !rest.is_empty()
    {
        return Some(rest);
    }
    let (name, rest) = text.split_once(' ')?;
    (is_name(name) && VERBS.contains(&rest.split(' ').next()?)).then_some(rest)
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
            ("simple, flexible, fun test framework", "Test framework", true),
            ("A CLI for creating better commits.", "CLI for creating better commits", true),
            ("foo - the `best` tool 🚀", "Best tool", false),
            ("foo is an npm helper", "npm helper", true),
            ("Foo: a linter!", "Linter", true),
            ("FooBar - indicates what is next", "Indicates what is next", true),
            ("iOS builds from anywhere", "iOS builds from anywhere", true),
            ("Formats code. It is fast.", "Formats code", false),
            ("Formats code of all kinds. It is fast.", "Formats code of all kinds", true),
            ("Foobar supports testing of x", "Supports testing of x", true),
            ("FooBar tools", "FooBar tools", false),
            ("Foo bar", "Foo bar", false),
            ("The Great Tool — engine of y", "Engine of y", true),
            ("Engine — the great tool", "Engine — the great tool", true),
            ("Is it true?", "Is it true", true),
            ("Parser of FOOBARs", "Parser of FOOBARs", true),
            ("Tool, e.g. for X", "Tool, e.g. for X", true),
            ("A", "A", true),
            ("pure-Python parser", "Pure-Python parser", true),
            ("Runs what foobar made", "Runs what foobar made", false),
        ] {
            let found = description(Some(text), "package.json", &["foo", "foobar", "acme-the-great-tool"]);
            assert_eq!((found.text.as_str(), found.doubt.is_none()), (expected, is_sure), "{text}");
        }
        for none in [None, Some(" ** ")] {
            assert!(description(none, "package.json", &[]).doubt.unwrap().contains("write one"));
        }
        assert!(description(Some(&"word ".repeat(30)), "package.json", &[]).doubt.unwrap().contains("long"));
    }
}
