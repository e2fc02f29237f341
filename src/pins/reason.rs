//! Why a package is made as it is, and who wants it. The file has one text for both.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How the text begins of what is only there because a build needs it. Python.
const REQUIREMENT: &str = "a build requirement";

/// Who wants a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The lockfile has it.
    Entry,
    /// Only builds need it.
    Requirement,
}

/// The reason, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Reason {
    role: Role,
    text: String,
}

impl Reason {
    /// Of what only builds need; `why` it is taken as a wheel, if it is.
    pub fn of_requirement(why: Option<&str>) -> Self {
        match why {
            None => REQUIREMENT.to_owned().into(),
            // An exception that was written from the pins has the words already.
            Some(whole) if whole.starts_with(REQUIREMENT) => whole.to_owned().into(),
            Some(why) => format!("{REQUIREMENT}, as a wheel: {why}").into(),
        }
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        let role = if text.starts_with(REQUIREMENT) { Role::Requirement } else { Role::Entry };
        Self { role, text }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.text
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_who_wants_it() {
        for (reason, role, text) in [
            (Reason::of_requirement(None), Role::Requirement, "a build requirement"),
            (
                Reason::of_requirement(Some("no source")),
                Role::Requirement,
                "a build requirement, as a wheel: no source",
            ),
            (
                Reason::of_requirement(Some("a build requirement, as a wheel: vetted")),
                Role::Requirement,
                "a build requirement, as a wheel: vetted",
            ),
            ("no such repository".to_owned().into(), Role::Entry, "no such repository"),
        ] {
            assert_eq!((reason.role(), reason.as_str()), (role, text));
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("{text:?}"));
            assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), reason);
        }
    }
}
