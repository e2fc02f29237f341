//! Which of nixpkgs' fetchers gives a commit's files, and with what settings.
//!
//! The fetchers of forges download what `git archive` gives, unless a setting makes them clone
//! (`pkgs/build-support/fetchgithub`, `fetchgitlab`, `fetchgitea`, `fetchsourcehut`, `fetchbitbucket` and
//! `fetchgit` of nixpkgs, read in November 2026). A clone gives what `git checkout` leaves.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::forge::Forge;
use super::repository::Repository;
use crate::hash::NarHash;
use crate::hash::tree::Summary;

/// A fetcher and its settings; in JSON and on screen as in Nix, for example
/// `fetchFromGitHub { forceFetchGit = true; }`, or the bare name where there are no settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fetcher {
    pub function: Function,
    /// A setting that is true or false, by its name in nixpkgs.
    pub setting: Option<(Setting, bool)>,
}

/// A function of nixpkgs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    FetchFromGitHub,
    FetchFromGitLab,
    /// Forgejo and Gitea, with `domain`: the one name that old and new nixpkgs have.
    FetchFromGitea,
    FetchFromBitbucket,
    FetchFromSourcehut,
    Fetchgit,
}

/// A setting of a fetcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Clone, though the archive would be had more quickly.
    ForceFetchGit,
    /// Clone with submodules. True by default for `fetchgit`, false for all others.
    FetchSubmodules,
    /// Clone with the contents of Git LFS.
    FetchLfs,
}

const FUNCTIONS: [(Function, &str); 6] = [
    (Function::FetchFromGitHub, "fetchFromGitHub"),
    (Function::FetchFromGitLab, "fetchFromGitLab"),
    (Function::FetchFromGitea, "fetchFromGitea"),
    (Function::FetchFromBitbucket, "fetchFromBitbucket"),
    (Function::FetchFromSourcehut, "fetchFromSourcehut"),
    (Function::Fetchgit, "fetchgit"),
];
const SETTINGS: [(Setting, &str); 3] = [
    (Setting::ForceFetchGit, "forceFetchGit"),
    (Setting::FetchSubmodules, "fetchSubmodules"),
    (Setting::FetchLfs, "fetchLFS"),
];

impl Function {
    /// The name in nixpkgs.
    pub fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(function, _)| *function == self).map_or("fetchgit", |(_, name)| name)
    }

    /// The fetcher of the forge that has a repository.
    pub fn of(repository: &Repository) -> Self {
        let url: Option<Url> = repository.0.parse().ok();
        // The fetchers make addresses of https and the usual port themselves.
        let url = url.filter(|url| url.scheme() == "https" && url.port().is_none());
        let forge = url.as_ref().and_then(|url| Forge::of_host(url.host_str()?));
        match forge {
            Some(Forge::GitHub) => Self::FetchFromGitHub,
            Some(Forge::GitLab) => Self::FetchFromGitLab,
            Some(Forge::Forgejo) => Self::FetchFromGitea,
            Some(Forge::Bitbucket) => Self::FetchFromBitbucket,
            Some(Forge::Sourcehut) => Self::FetchFromSourcehut,
            None => Self::Fetchgit,
        }
    }

    fn has(self, setting: Setting) -> bool {
        match setting {
            Setting::ForceFetchGit => {
                matches!(self, Self::FetchFromGitHub | Self::FetchFromGitLab | Self::FetchFromGitea)
            }
            Setting::FetchSubmodules => self != Self::FetchFromBitbucket,
            // The forges' own fetchers have it in new nixpkgs only.
            Setting::FetchLfs => self == Self::Fetchgit,
        }
    }
}

impl Fetcher {
    /// The fetcher that gives the commit as its authors meant it: with Git LFS where there are pointers, with
    /// submodules where there are some that a build can fetch, else the archive where that is the checkout.
    pub fn choose(repository: &Repository, summary: &Summary) -> Self {
        let function = Function::of(repository);
        let with = |setting| {
            let function = if function.has(setting) { function } else { Function::Fetchgit };
            Self { function, setting: Some((setting, true)) }
        };
        if !summary.hashes.pointers.is_empty() {
            return with(Setting::FetchLfs);
        }
        let with_key = summary.gathered.as_ref().is_some_and(|gathered| !gathered.with_key.is_empty());
        if summary.is_whole() && !with_key {
            return with(Setting::FetchSubmodules);
        }
        if function != Function::Fetchgit && summary.hashes.archive == Some(summary.hashes.checkout) {
            return Self { function, setting: None };
        }
        if function.has(Setting::ForceFetchGit) {
            return with(Setting::ForceFetchGit);
        }
        let without = !summary.submodules.is_empty();
        Self { function: Function::Fetchgit, setting: without.then_some((Setting::FetchSubmodules, false)) }
    }

    /// The hash of what this fetcher gives; `None` for Git LFS, whose contents are not at hand.
    pub fn hash(&self, summary: &Summary) -> Option<NarHash> {
        match self.setting {
            Some((Setting::FetchLfs, true)) => None,
            Some((Setting::FetchSubmodules, true)) => summary.is_whole().then_some(summary.hashes.whole),
            // Also that of the archive: it is chosen where the two are one.
            _ => Some(summary.hashes.checkout),
        }
    }
}

impl fmt::Display for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name())?;
        let name = |setting| SETTINGS.iter().find(|(known, _)| *known == setting).map(|(_, name)| name);
        match self.setting.and_then(|(setting, value)| Some((name(setting)?, value))) {
            Some((name, value)) => write!(f, " {{ {name} = {value}; }}"),
            None => Ok(()),
        }
    }
}

impl From<Fetcher> for String {
    fn from(value: Fetcher) -> Self {
        value.to_string()
    }
}

impl TryFrom<String> for Fetcher {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let settings =
            SETTINGS.iter().flat_map(|(setting, _)| [Some((*setting, true)), Some((*setting, false))]);
        let all = FUNCTIONS.iter().flat_map(|(function, _)| {
            settings.clone().chain([None]).map(|setting| Self { function: *function, setting })
        });
        all.into_iter()
            .find(|fetcher| fetcher.to_string() == text)
            .ok_or_else(|| format!("{text:?} is no fetcher"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tree::{Gathered, Hashes};

    fn summary() -> Summary {
        let hash = NarHash([1; 32]);
        Summary {
            hashes: Hashes {
                checkout: hash,
                archive: Some(hash),
                whole: hash,
                pointers: Vec::new(),
                substituted: Vec::new(),
            },
            submodules: Vec::new(),
            collisions: Vec::new(),
            gathered: None,
        }
    }

    fn choose(url: &str, summary: &Summary) -> String {
        let fetcher = Fetcher::choose(&Repository(url.to_owned()), summary);
        assert_eq!(Fetcher::try_from(fetcher.to_string()), Ok(fetcher.clone()));
        fetcher.to_string()
    }

    const HOSTS: [&str; 6] = [
        "https://github.com/o/r",
        "https://gitlab.com/g/s/r",
        "https://codeberg.org/o/r",
        "https://bitbucket.org/o/r",
        "https://git.sr.ht/~o/r",
        "https://git.example.org/r",
    ];

    fn everywhere(summary: &Summary) -> [String; 6] {
        HOSTS.map(|url| choose(url, summary))
    }

    #[test]
    fn the_archive_where_it_is_the_checkout() {
        let mut summary = summary();
        let expected = [
            "fetchFromGitHub",
            "fetchFromGitLab",
            "fetchFromGitea",
            "fetchFromBitbucket",
            "fetchFromSourcehut",
        ];
        assert_eq!(everywhere(&summary)[..5], expected);
        assert_eq!(choose(HOSTS[5], &summary), "fetchgit");
        assert_eq!(choose("https://github.com:8443/o/r", &summary), "fetchgit");
        for archive in [None, Some(NarHash([2; 32]))] {
            summary.hashes.archive = archive;
            let forced =
                ["GitHub", "GitLab", "Gitea"].map(|of| format!("fetchFrom{of} {{ forceFetchGit = true; }}"));
            assert_eq!(everywhere(&summary)[..3], forced);
            assert_eq!(everywhere(&summary)[3..], ["fetchgit"; 3]);
        }
    }

    #[test]
    fn submodules_that_can_be_had() {
        let mut summary = summary();
        summary.submodules = vec!["sub".to_owned()];
        assert_eq!(choose(HOSTS[0], &summary), "fetchFromGitHub");
        assert_eq!(choose(HOSTS[5], &summary), "fetchgit { fetchSubmodules = false; }");
        summary.hashes.whole = NarHash([3; 32]);
        summary.gathered = Some(Gathered::default());
        assert_eq!(choose(HOSTS[0], &summary), "fetchFromGitHub { fetchSubmodules = true; }");
        assert_eq!(choose(HOSTS[3], &summary), "fetchgit { fetchSubmodules = true; }");
        let fetcher = Fetcher::choose(&Repository(HOSTS[0].to_owned()), &summary);
        assert_eq!(fetcher.hash(&summary), Some(NarHash([3; 32])));
        for gathered in [
            Gathered { missing: vec!["sub: gone".to_owned()], ..Gathered::default() },
            Gathered { with_key: vec!["sub".to_owned()], ..Gathered::default() },
        ] {
            summary.gathered = Some(gathered);
            assert_eq!(choose(HOSTS[0], &summary), "fetchFromGitHub");
        }
    }

    #[test]
    fn pointers_want_what_we_cannot_hash() {
        let mut summary = summary();
        summary.hashes.pointers = vec!["a.bin".to_owned()];
        assert_eq!(choose(HOSTS[0], &summary), "fetchgit { fetchLFS = true; }");
        assert_eq!(Fetcher::choose(&Repository(HOSTS[0].to_owned()), &summary).hash(&summary), None);
    }
}
