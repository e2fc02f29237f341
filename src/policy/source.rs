//! A source that is named by hand: `[packages.NAME] source`.

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::graph::{PackageName, Version};
use crate::hash::Digest;
use crate::python::{PyName, PyVersion};
use crate::source::{At, NamedSource, address};

/// As the file has it: exactly one of `tag` and `commit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    pub repository: String,
    pub tag: Option<String>,
    /// 40 hexadecimal digits.
    pub commit: Option<String>,
    /// The folder of the package's manifest in the repository.
    pub directory: Option<String>,
}

/// A key of it, what is wrong with its value, and what to write.
pub type Fault = (&'static str, String, &'static str);

impl Source {
    /// What it names.
    ///
    /// # Errors
    /// Every value that makes no sense; one of the table as a whole has no key.
    pub fn given(&self) -> Result<NamedSource, Vec<Fault>> {
        let mut faults: Vec<Fault> = Vec::new();
        let hint = "write the address of a public repository, as in \"https://git.example.org/o/r\"";
        let repository = match (self.repository.is_empty(), address::parse(&self.repository)) {
            (true, _) => {
                faults.push(("", "names no repository".to_owned(), hint));
                None
            }
            (false, Err(why)) => {
                faults.push(("repository", why.to_string(), hint));
                None
            }
            (false, Ok(known)) if known.directory.is_some() => {
                let hint = "write the repository alone, and its folder as directory = \"...\"";
                faults.push(("repository", "names a folder, too".to_owned(), hint));
                None
            }
            (false, Ok(known)) => Some(known.repository),
        };
        let at = match (&self.tag, &self.commit) {
            (Some(tag), None) => {
                if tag.is_empty() || tag.starts_with('-') || tag.chars().any(|c| c.is_control() || c == ' ') {
                    faults.push(("tag", "is no name of a tag".to_owned(), "write it as `git tag` lists it"));
                }
                Some(At::Tag(tag.clone()))
            }
            (None, Some(commit)) => match Digest::try_from(commit.clone()) {
                Ok(commit) => Some(At::Commit(commit)),
                Err(_) => {
                    let hint = "write all 40 hexadecimal digits, as `git rev-parse` prints them";
                    faults.push(("commit", "is not a commit id".to_owned(), hint));
                    None
                }
            },
            (Some(_), Some(_)) => {
                faults.push(("", "names a tag and a commit".to_owned(), "write one of them"));
                None
            }
            (None, None) => {
                let hint = "write tag = \"...\" or commit = \"...\"";
                faults.push(("", "names no commit".to_owned(), hint));
                None
            }
        };
        let directory = self.directory.as_deref().map(address::folder);
        if directory == Some(None) {
            let hint = "write a folder of the repository, or leave it out for the root";
            faults.push(("directory", "is not a folder inside the repository".to_owned(), hint));
        }
        match (repository, at) {
            (Some(repository), Some(at)) if faults.is_empty() => {
                Ok(NamedSource { repository, at, directory: directory.flatten() })
            }
            _ => Err(faults),
        }
    }
}

impl Policy {
    /// The source that the user names for an npm package.
    pub fn source(&self, name: &PackageName, version: Option<&Version>) -> Option<NamedSource> {
        self.overrides(name, version)?.source.as_ref()?.given().ok()
    }

    /// The same of a Python package.
    pub fn python_source(&self, name: &PyName, version: &PyVersion) -> Option<NamedSource> {
        self.python_overrides(name, version)?.source.as_ref()?.given().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign;

    #[test]
    fn what_names_a_commit() {
        let of = |text: &str| foreign::toml::<Source>(text).unwrap().given();
        let given = of("repository = 'git@github.com:o/r.git'\ntag = 'v1'\ndirectory = './a/'").unwrap();
        assert_eq!(given.to_string(), "tag v1 of https://github.com/o/r, folder a");
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let given = of(&format!("repository = 'https://git.example.org/r'\ncommit = '{commit}'")).unwrap();
        assert_eq!(given.to_string(), format!("commit {commit} of https://git.example.org/r"));
    }

    #[test]
    fn what_does_not() {
        for (text, expected) in [
            ("tag = 'v1'", &[""][..]),
            ("repository = 'https://10.0.0.1/o/r'\ntag = 'v1'", &["repository"]),
            ("repository = 'https://github.com/o/r/tree/main/a'\ntag = 'v1'", &["repository"]),
            ("repository = 'o/r'", &[""]),
            ("repository = 'o/r'\ntag = '--x'", &["tag"]),
            ("repository = 'o/r'\ncommit = 'abc'", &["commit"]),
            ("repository = 'o/r'\ntag = 'v1'\ncommit = 'abc'", &[""]),
            (
                "repository = '/etc'\ncommit = 'abc'\ndirectory = '../x'",
                &["repository", "commit", "directory"],
            ),
        ] {
            let faults = foreign::toml::<Source>(text).unwrap().given().unwrap_err();
            assert_eq!(faults.iter().map(|(key, ..)| *key).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
