//! Exceptions for the unvetted artifacts of a run, ready for `headwater.toml`: what is missing is who vouches for them.

use super::text::short;
use super::{Summary, Unvetted};
use crate::graph::Purl;
use crate::policy::Day;

/// How long an exception counts that nobody has written a day for, in years.
const YEARS: u16 = 1;

/// A `[[exceptions]]` table for each, its owner empty: a policy file with an empty owner is refused. What is only unvetted
/// because a host could not be reached is left out, unless a build was tried.
pub fn exceptions<'a>(unvetted: impl IntoIterator<Item = &'a Unvetted>, (year, month, day): Day) -> String {
    // There is no 29th of February next year.
    let day = if (month, day) == (2, 29) { 28 } else { day };
    let text = |text: &str| toml::Value::from(text).to_string();
    let one = |one: &Unvetted| {
        format!(
            "[[exceptions]]\npackage = {}\nreason = {}\nowner = \"\"\nexpires = {:04}-{month:02}-{day:02}\n",
            text(&named(&one.package)),
            text(&one.reason),
            year + YEARS,
        )
    };
    let wanted = unvetted.into_iter().filter(|one| one.fallback.is_some() || !one.is_incomplete);
    wanted.map(one).collect::<Vec<_>>().join("\n")
}

/// As an exception names it, `name@version`: where it comes from is no part of that.
fn named(purl: &Purl) -> String {
    let whole = short(purl);
    whole.split(['?', '#']).next().unwrap_or_default().to_owned()
}

impl Summary {
    /// The artifacts of which a build was wanted.
    pub fn fallbacks(&self) -> impl Iterator<Item = &Unvetted> {
        self.unvetted.iter().filter(|one| one.fallback.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::python::{PyName, PyVersion};

    fn unvetted(name: &str, reason: &str, is_incomplete: bool) -> Unvetted {
        let package = Purl::pypi(&PyName::new(name).unwrap(), "1.0");
        Unvetted { package, reason: reason.to_owned(), fallback: None, is_incomplete }
    }

    #[test]
    fn a_block_that_lacks_nothing_but_the_owner() {
        let all = [unvetted("a", "a \"quoted\" \\ reason", false), unvetted("b", "away", true)];
        let text = exceptions(&all, (2028, 2, 29));
        insta::assert_snapshot!(text, @r#"
        [[exceptions]]
        package = "a@1.0"
        reason = 'a "quoted" \ reason'
        owner = ""
        expires = 2029-02-28
        "#);
        assert_eq!(Policy::parse(&text).unwrap_err().len(), 1, "the owner is left to be filled in");
        let policy = Policy::parse(&text.replace("owner = \"\"", "owner = \"infra\"")).unwrap();
        assert_eq!(policy.exceptions[0].reason, "a \"quoted\" \\ reason");
    }

    #[test]
    fn what_an_exception_is_written_for_it_counts_for() {
        let release = |version| Purl::pypi(&PyName::new("a").unwrap(), version);
        let at_address = release("1.0").qualified("download_url", "https://a.example/a-1.0-py3-none-any.whl");
        for (purl, version) in [(release("1!2.0+cpu"), "1!2.0+cpu"), (at_address, "1.0")] {
            let one = Unvetted { package: purl, ..unvetted("a", "why", false) };
            let text = exceptions([&one], (2026, 6, 1)).replace("owner = \"\"", "owner = \"infra\"");
            let policy = Policy::parse(&text).unwrap();
            let version = PyVersion::new(version).unwrap();
            assert!(policy.python_exception(&PyName::new("a").unwrap(), &version).is_some(), "{text}");
        }
    }
}
