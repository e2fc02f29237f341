//! The kinds of problems: each has a code, and what the reference says of it.

use serde::Serialize;

use super::Problem;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is written, or a package is not made as it was asked for.
    Error,
    /// The work goes on.
    Warning,
}

impl Severity {
    /// The word that it is shown with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One kind of problem. The constants of this type are the only place where a code is written; they can be matched
/// against.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Stable identifier: `HW` and three digits.
    pub code: &'static str,
    pub severity: Severity,
    /// What is wrong, in general: one sentence.
    pub cause: &'static str,
    /// What to do in general. It is the hint of a problem that knows nothing better.
    pub remedy: &'static str,
    /// What to do to have a package built after all, where the remedy is to take its wheel.
    pub to_build: Option<&'static str>,
}

impl Kind {
    /// A problem of this kind. `message` is one sentence that names what is wrong.
    pub fn problem(&'static self, message: impl Into<String>) -> Problem {
        Problem {
            place: None,
            kind: self,
            severity: self.severity,
            package: None,
            message: message.into(),
            hint: self.remedy.to_owned(),
            needs_exception: false,
        }
    }
}

/// Declares the kinds of one theme, `CODE severity "cause" "remedy";` each, and lists them as `KINDS`: a kind that is
/// not listed cannot be declared.
macro_rules! kinds {
    ($($code:ident $severity:ident $cause:literal $remedy:literal $(to_build $build:literal)?;)*) => {
        $(
            #[doc = $cause]
            pub const $code: $crate::problem::Kind = $crate::problem::Kind {
                code: stringify!($code),
                severity: kinds!(@severity $severity),
                cause: $cause,
                remedy: $remedy,
                to_build: kinds!(@maybe $($build)?),
            };
        )*
        pub(in crate::problem) const KINDS: &[&$crate::problem::Kind] = &[$(&$code),*];
    };
    (@severity error) => { $crate::problem::Severity::Error };
    (@severity warning) => { $crate::problem::Severity::Warning };
    (@maybe) => { None };
    (@maybe $text:literal) => { Some($text) };
}
pub(super) use kinds;
