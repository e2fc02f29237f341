//! `src`: which fetcher of nixpkgs, with which arguments.

use url::Url;

use crate::hash::NarHash;
use crate::source::fetcher::Function;
use crate::source::repository::{Commit, Repository};
use crate::upstream::nix::expression::{Nix, Part, Rows};
use crate::upstream::nixpkgs::OPEN_HASH;
use crate::upstream::tag::around;

/// What names the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A tag that is this commit today.
    Tag(String),
    Commit(Commit),
}

/// A fetched commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub repository: Repository,
    pub at: At,
    /// Of what the fetcher gives, or why it cannot be computed.
    pub hash: Result<NarHash, String>,
    /// The archive is not the checkout, and the fetcher must clone.
    pub is_cloned: bool,
    pub submodules: Submodules,
    /// A lockfile in it that npm-lockfile-fix completes.
    pub fixed_lock: Option<String>,
}

/// What is done with other repositories that are mounted in the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submodules {
    /// It has none.
    None,
    /// The package does without them.
    LeftOut,
    /// They are fetched, all of them: a clause that says why.
    Needed(String),
}

/// An attribute of nixpkgs and the arguments that say where the repository is.
struct Place {
    function: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl Fetched {
    fn place(&self) -> Place {
        let url: Option<Url> = self.repository.0.parse().ok();
        let path = url.as_ref().map(|url| url.path().trim_matches('/').to_owned()).unwrap_or_default();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        let whole = Place { function: "fetchgit", arguments: vec![("url", self.repository.0.clone())] };
        let Some((owner, repo)) = path.rsplit_once('/') else { return whole };
        let mut arguments = vec![("owner", owner.to_owned()), ("repo", repo.to_owned())];
        let mut with_domain = |usual: &str| {
            if host != usual {
                arguments.insert(0, ("domain", host.clone()));
            }
        };
        let function = match Function::of(&self.repository) {
            Function::FetchFromGitHub => "fetchFromGitHub",
            Function::FetchFromGitLab => {
                with_domain("gitlab.com");
                "fetchFromGitLab"
            }
            Function::FetchFromGitea if host == "codeberg.org" => "fetchFromCodeberg",
            Function::FetchFromGitea => {
                with_domain("");
                "fetchFromGitea"
            }
            // Without `tag`, and the first cannot clone, the second only with submodules.
            Function::FetchFromBitbucket if !self.is_cloned && !self.has_submodules() => "fetchFromBitbucket",
            Function::FetchFromSourcehut if !self.is_cloned || self.has_submodules() => "fetchFromSourcehut",
            Function::FetchFromBitbucket | Function::FetchFromSourcehut | Function::Fetchgit => return whole,
        };
        Place { function, arguments }
    }

    /// Whether they are fetched.
    fn has_submodules(&self) -> bool {
        matches!(self.submodules, Submodules::Needed(_))
    }

    /// Whether the fetcher takes the forge's archive. Else it clones.
    pub fn is_archive(&self) -> bool {
        !self.is_cloned && !self.has_submodules() && self.function() != "fetchgit"
    }

    /// What is open.
    pub fn gap(&self) -> Option<String> {
        self.hash.as_ref().err().map(|why| format!("the hash of src cannot be computed: {why}"))
    }

    /// The fetcher's attribute.
    pub fn function(&self) -> &'static str {
        self.place().function
    }

    /// Whether the fetcher takes a tag by that name.
    fn takes_tag(&self) -> bool {
        !matches!(self.function(), "fetchFromBitbucket" | "fetchFromSourcehut")
    }

    /// The tag, for addresses that name it, where there is one.
    pub fn tag_in_url(&self) -> Option<Nix> {
        match &self.at {
            At::Tag(_) if self.takes_tag() => Some(Nix::code("finalAttrs.src.tag")),
            At::Tag(_) => Some(Nix::code("finalAttrs.src.rev")),
            At::Commit(_) => None,
        }
    }

    /// Whether a script that follows tags finds the next release: the tag is made of the version.
    pub fn is_followed(&self, version: &str) -> bool {
        matches!(&self.at, At::Tag(tag) if around(tag, version).is_some())
    }

    /// `nix-update-script` with what it cannot know by itself.
    pub fn update_script(&self, version: &str, makes_lockfile: bool) -> Nix {
        let mut arguments = Vec::new();
        if let At::Tag(tag) = &self.at
            && let Some((before, behind)) = around(tag, version)
            && !(behind.is_empty() && matches!(before, "" | "v"))
        {
            let quoted = |text: &str| regex_lite::escape(text);
            arguments.push(format!("--version-regex={}(.*){}", quoted(before), quoted(behind)));
        }
        if makes_lockfile {
            arguments.push("--generate-lockfile".to_owned());
        }
        let mut rows = Rows::default();
        if !arguments.is_empty() {
            rows.bind("extraArgs", &Nix::list(arguments.iter().map(|argument| Nix::text(argument))));
        }
        Nix::call("nix-update-script", &Nix::set(&rows))
    }

    /// The whole expression.
    pub fn expression(&self, version: &str) -> Nix {
        let Place { function, arguments } = self.place();
        let mut rows = Rows::default();
        for (name, value) in &arguments {
            rows.bind(name, &Nix::text(value));
        }
        if matches!(self.at, At::Tag(_)) && !self.is_followed(version) {
            rows.comment("TODO: the version does not stand in the tag: no script finds the next one");
        }
        match &self.at {
            At::Tag(tag) => rows.bind(if self.takes_tag() { "tag" } else { "rev" }, &tag_of(tag, version)),
            At::Commit(commit) => rows.bind("rev", &Nix::text(&commit.to_string())),
        };
        match &self.submodules {
            Submodules::Needed(why) => _ = rows.comment(why).bind("fetchSubmodules", &Nix::code("true")),
            // It would fetch them.
            Submodules::LeftOut if function == "fetchgit" => {
                rows.bind("fetchSubmodules", &Nix::code("false"));
            }
            _ if self.is_cloned && function != "fetchgit" => {
                rows.comment("what git archive gives is not this commit's files");
                rows.bind("forceFetchGit", &Nix::code("true"));
            }
            _ => {}
        }
        match &self.hash {
            Ok(hash) => _ = rows.bind("hash", &Nix::text(&hash.sri())),
            Err(why) => {
                rows.comment(&format!("{OPEN_HASH}{why}")).bind("hash", &Nix::code("lib.fakeHash"));
            }
        }
        if let Some(lock) = &self.fixed_lock {
            rows.comment("packages of the lockfile have no `resolved` or no `integrity`");
            rows.bind("postFetch", &Nix::run("npm-lockfile-fix", &format!("$out/{lock}")));
        }
        Nix::call(function, &Nix::set(&rows))
    }
}

/// A tag by the version that it holds.
fn tag_of(tag: &str, version: &str) -> Nix {
    match around(tag, version) {
        Some((before, behind)) => {
            let all = [Part::Text(before), Part::Code("finalAttrs.version"), Part::Text(behind)];
            let is_empty = |part: &Part<'_>| matches!(part, Part::Text(""));
            let all: Vec<_> = all.into_iter().filter(|part| !is_empty(part)).collect();
            Nix::parts(&all)
        }
        None => Nix::text(tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::nix::layout::layout;

    fn text(url: &str, at: At, is_cloned: bool) -> String {
        with(url, at, is_cloned, Submodules::None)
    }

    fn with(url: &str, at: At, is_cloned: bool, submodules: Submodules) -> String {
        let (repository, hash) = (Repository(url.to_owned()), Ok(NarHash([1; 32])));
        let fetched = Fetched { repository, at, hash, is_cloned, submodules, fixed_lock: None };
        let text = layout(&fetched.expression("1.2.3").to_string()).unwrap();
        text.lines().map(str::trim).filter(|line| !line.starts_with("hash")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_forge_has_its_fetcher() {
        let tag = || At::Tag("v1.2.3".to_owned());
        for (url, expected) in [
            (
                "https://github.com/o/r",
                r#"fetchFromGitHub { owner = "o"; repo = "r"; tag = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://gitlab.com/g/s/r",
                r#"fetchFromGitLab { owner = "g/s"; repo = "r"; tag = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://gitlab.example.org/o/r",
                r#"fetchFromGitLab { domain = "gitlab.example.org"; owner = "o"; repo = "r"; tag = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://codeberg.org/o/r",
                r#"fetchFromCodeberg { owner = "o"; repo = "r"; tag = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://gitea.com/o/r",
                r#"fetchFromGitea { domain = "gitea.com"; owner = "o"; repo = "r"; tag = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://git.sr.ht/~o/r",
                r#"fetchFromSourcehut { owner = "~o"; repo = "r"; rev = "v${finalAttrs.version}"; }"#,
            ),
            (
                "https://git.example.org/r",
                r#"fetchgit { url = "https://git.example.org/r"; tag = "v${finalAttrs.version}"; }"#,
            ),
        ] {
            assert_eq!(text(url, tag(), false), expected);
        }
        assert!(text("https://git.sr.ht/~o/r", tag(), true).starts_with("fetchgit {"));
        assert!(text("https://github.com/o/r", tag(), true).contains("forceFetchGit = true;"));
    }

    /// As the fetchers of nixpkgs have it: `fetchgit` fetches submodules unless it is told not to, `fetchFromBitbucket`
    /// cannot.
    #[test]
    fn every_forge_fetches_submodules() {
        let tag = || At::Tag("v1.2.3".to_owned());
        let needed = || Submodules::Needed("tests read data".to_owned());
        for (url, function, left_out) in [
            ("https://github.com/o/r", "fetchFromGitHub", ""),
            ("https://gitlab.com/g/s/r", "fetchFromGitLab", ""),
            ("https://codeberg.org/o/r", "fetchFromCodeberg", ""),
            ("https://gitea.com/o/r", "fetchFromGitea", ""),
            ("https://git.sr.ht/~o/r", "fetchFromSourcehut", ""),
            ("https://bitbucket.org/o/r", "fetchgit", ""),
            ("https://git.example.org/r", "fetchgit", " fetchSubmodules = false;"),
        ] {
            for is_cloned in [false, true] {
                let found = with(url, tag(), is_cloned, needed());
                assert!(found.starts_with(&format!("{function} {{ ")), "{found}");
                assert!(found.ends_with(" # tests read data fetchSubmodules = true; }"), "{found}");
            }
            let (without, none) = (with(url, tag(), false, Submodules::LeftOut), text(url, tag(), false));
            assert_eq!(without, none.replace(" }", &format!("{left_out} }}")), "{url}");
        }
        let fetched = Fetched {
            repository: Repository("https://github.com/o/r".to_owned()),
            at: tag(),
            hash: Err("submodule data: gone".to_owned()),
            is_cloned: false,
            submodules: needed(),
            fixed_lock: None,
        };
        let text = layout(&fetched.expression("1.2.3").to_string()).unwrap();
        assert!(
            text.contains("# TODO: not computed: submodule data: gone\n  hash = lib.fakeHash;"),
            "{text}"
        );
        assert!(
            fetched.gap().is_some_and(|gap| gap.ends_with("submodule data: gone")) && !fetched.is_archive()
        );
    }

    #[test]
    fn tags_and_commits() {
        let github = |at| text("https://github.com/o/r", at, false);
        for (tag, expected) in [
            ("1.2.3", "tag = finalAttrs.version;"),
            ("cli@1.2.3", r#"tag = "cli@${finalAttrs.version}";"#),
            ("1.2.3-${x}", r#"tag = "${finalAttrs.version}-\${x}";"#),
            ("other", r#"tag = "other";"#),
            ("v1.2.3.4", r#"tag = "v1.2.3.4";"#),
            ("v11.2.3", r#"tag = "v11.2.3";"#),
        ] {
            let found = github(At::Tag(tag.to_owned()));
            assert!(found.contains(expected), "{found}");
            assert_eq!(found.contains("TODO"), !expected.contains("finalAttrs"), "{found}");
        }
        let commit = At::Commit(crate::hash::Digest([0x19; 20]));
        assert!(github(commit).contains("rev = \"1919191919191919191919191919191919191919\";"));
    }
}
