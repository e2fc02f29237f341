//! Text of strangers in parsers of others: one that panics gives an error like any other.
//!
//! Whatever comes from a lockfile, a registry or a repository is read through these functions (clippy's
//! disallowed-methods see to it where they can). How deep a text may nest is bounded before or by the parser itself:
//! a stack that overflows cannot be caught.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{MarkerExpression, MarkerWarningKind};
use serde::de::{DeserializeOwned, Error};

thread_local! {
    /// How many parsers this thread is in.
    static WITHIN: Cell<usize> = const { Cell::new(0) };
}

/// A parser panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its parser fails on it")]
pub struct Panicked;

/// Runs a parser of others. Nothing is printed where it panics: that is said of the text, by whoever asked.
///
/// # Errors
/// It panicked.
pub fn guarded<T>(parse: impl FnOnce() -> T) -> Result<T, Panicked> {
    WITHIN.set(WITHIN.get() + 1);
    // What the parser was given is ours to read only, and what it had made is gone.
    let read = catch_unwind(AssertUnwindSafe(parse));
    WITHIN.set(WITHIN.get() - 1);
    read.map_err(|_| Panicked)
}

/// Whether a panic of this thread would be one that [`guarded`] catches.
pub fn is_guarded() -> bool {
    WITHIN.get() > 0
}

/// TOML of a certain shape. The parser itself bounds how deep it nests.
///
/// # Errors
/// Text that is no TOML, or not of this shape.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn toml<T: DeserializeOwned>(text: &str) -> Result<T, toml::de::Error> {
    guarded(|| toml::from_str(text)).unwrap_or_else(|panicked| Err(toml::de::Error::custom(panicked)))
}

/// A version of PEP 440.
pub fn version(text: &str) -> Option<Version> {
    if has_huge_number(text) {
        return None;
    }
    guarded(|| text.parse().ok()).ok().flatten()
}

/// Version specifiers of PEP 440.
///
/// # Errors
/// Text that is none; the message is the parser's.
pub fn specifiers(text: &str) -> Result<VersionSpecifiers, String> {
    if has_huge_number(text) {
        return Err(HUGE.to_owned());
    }
    guarded(|| text.parse::<VersionSpecifiers>().map_err(|error| error.to_string()))
        .unwrap_or_else(|panicked| Err(panicked.to_string()))
}

/// A requirement of PEP 508, without a marker.
///
/// # Errors
/// Text that is none; the message is the parser's.
pub fn requirement(text: &str) -> Result<pep508_rs::Requirement<url::Url>, String> {
    if has_huge_number(text) {
        return Err(HUGE.to_owned());
    }
    guarded(|| text.parse::<pep508_rs::Requirement<url::Url>>().map_err(|error| error.message.to_string()))
        .unwrap_or_else(|panicked| Err(panicked.to_string()))
}

/// One comparison of a marker; `None` is one without a meaning, of which the parser only warns.
///
/// # Errors
/// Text that is none; the message is the parser's.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn comparison(text: &str) -> Result<Option<MarkerExpression>, String> {
    if has_huge_number(text) {
        return Err(HUGE.to_owned());
    }
    let mut silent = |_: MarkerWarningKind, _: String| ();
    let read = guarded(|| MarkerExpression::parse_reporter(text, &mut silent));
    let read = read.map_err(|panicked| panicked.to_string())?;
    read.map_err(|error| error.message.to_string())
}

/// A version as npm has it.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn npm_version(text: &str) -> Option<nodejs_semver::Version> {
    guarded(|| nodejs_semver::Version::parse(text).ok()).ok().flatten()
}

/// A range as npm has it.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn npm_range(text: &str) -> Option<nodejs_semver::Range> {
    guarded(|| nodejs_semver::Range::parse(text).ok()).ok().flatten()
}

/// Headers as mail has them, the names in lower case; nothing of theirs is encoded as in mail (PEP 566).
///
/// # Errors
/// Text that has none; the message is the parser's.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let read = || {
        let (headers, _) = mailparse::parse_headers(text.as_bytes()).map_err(|error| error.to_string())?;
        let pair = |header: &mailparse::MailHeader<'_>| {
            let value = String::from_utf8_lossy(header.get_value_raw()).trim().to_owned();
            (header.get_key_ref().to_ascii_lowercase(), value)
        };
        Ok(headers.iter().map(pair).collect())
    };
    guarded(read).unwrap_or_else(|panicked| Err(panicked.to_string()))
}

/// A licence as SPDX writes it.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn licence(text: &str, mode: spdx::ParseMode) -> Option<spdx::Expression> {
    guarded(|| spdx::Expression::parse_mode(text, mode).ok()).ok().flatten()
}

/// JSON with comments and trailing commas; `None` where it is none.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn jsonc(text: &str) -> Option<serde_json::Value> {
    let options = jsonc_parser::ParseOptions::default();
    guarded(|| jsonc_parser::parse_to_serde_value(text, &options).ok()).ok().flatten()
}

/// JSON of a certain shape, with comments and commas at the end of lists.
///
/// # Errors
/// The line, and why it is none.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn jsonc_of<T: DeserializeOwned>(text: &str) -> Result<T, (usize, String)> {
    let options = jsonc_parser::ParseOptions {
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        ..Default::default()
    };
    let read = || {
        let read = jsonc_parser::parse_to_serde_value(text, &options);
        read.map_err(|error| (error.line_display(), error.kind().to_string()))
    };
    guarded(read).unwrap_or_else(|panicked| Err((1, panicked.to_string())))
}

/// YAML; `None` where it is none, or not of the type.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    guarded(|| serde_saphyr::from_str(text).ok()).ok().flatten()
}

/// Whether a pattern matches a path.
#[expect(clippy::disallowed_methods, reason = "the place that guards it")]
pub fn glob(pattern: &str, path: &str) -> bool {
    guarded(|| fast_glob::glob_match(pattern, path)).unwrap_or(false)
}

const HUGE: &str = "has a number that no version has";

/// Whether a number of 20 digits or more stands in a version, a bound or a marker. The largest that fits has 20; the
/// crates add one to it (and in a panic leave a lock behind that poisons every later marker of the run).
fn has_huge_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.trim_start_matches('0').len() >= 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_is_an_error() {
        assert_eq!(guarded(|| 1), Ok(1));
        assert_eq!(guarded(|| -> u8 { panic!("within") }), Err(Panicked));
        assert!(!is_guarded());
        assert_eq!(guarded(is_guarded), Ok(true));
    }

    #[test]
    fn names_that_end_in_a_sign_are_no_requirements() {
        for text in ["a-[x]", "a-[x]==1", "a.[", "a_(==1)", "a-==1", "a.", "a- @ https://example.org/a.zip"] {
            assert!(requirement(text).is_err(), "{text}");
        }
        assert_eq!(requirement("a[x]==1").unwrap().name.as_ref(), "a");
    }

    #[test]
    fn numbers_that_overflow_are_refused() {
        let max = u64::MAX;
        for text in [format!("=={max}.*"), format!("~={max}.0"), format!(">0{max}"), format!("<1.0a{max}")] {
            assert!(specifiers(&text).is_err(), "{text}");
            assert!(requirement(&format!("a{text}")).is_err(), "{text}");
        }
        assert_eq!(version(&max.to_string()), None);
        assert!(version("1.0+9999999999999999999.g0123").is_some() && version("20301231.0").is_some());
        for value in [format!("3.{max}"), max.to_string()] {
            assert!(comparison(&format!("python_version > '{value}'")).is_err(), "{value}");
        }
        // No lock is left broken.
        assert!("python_version > '3.8'".parse::<pep508_rs::MarkerTree>().is_ok());
    }

    #[test]
    fn deep_text_ends_in_an_error() {
        let deep = 300_000;
        for text in [
            format!("{}a = 1", "a.".repeat(deep)),
            format!("[{}a]", "a.".repeat(deep)),
            format!("a = {}", "[".repeat(deep)),
            format!("a = {}", "{ a = ".repeat(deep)),
        ] {
            assert!(toml::<toml::Table>(&text).is_err(), "{}", &text[..12]);
        }
        for pattern in ["{", "{a,", "[", "**/", "!", "\\"] {
            assert!(!glob(&pattern.repeat(deep), "a/b"), "{pattern}");
        }
        for text in ["(", "1 || ", ">", "1."] {
            _ = npm_range(&text.repeat(deep));
        }
    }
}
