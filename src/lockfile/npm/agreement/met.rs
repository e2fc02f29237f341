//! Whether what lies at a place is what was asked for (arborist's `dep-valid.js`).

use serde_json::Value;

use super::tree::Place;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;
use crate::npm::spec;
use crate::npm::spec::{Git, Spec};

/// One dependency, with what it leads to.
pub struct Met<'a> {
    pub lock: &'a Value,
    /// Who asks.
    pub from: &'a str,
    pub place: &'a Place,
    pub name: &'a str,
    pub to: &'a Place,
}

impl Met<'_> {
    /// Whether it is what `spec` asks for. Paths are the project's where `of_root`, else those of who asks. What cannot
    /// be known from here is believed.
    pub fn by(&self, spec: &str, of_root: bool) -> bool {
        self.parsed(&Spec::parse(spec), of_root)
    }

    fn parsed(&self, spec: &Spec, of_root: bool) -> bool {
        let resolved = self.to.resolved.as_deref();
        match spec {
            Spec::Range(None) => true,
            Spec::Range(Some(range)) => {
                self.to.version.as_deref().is_none_or(|version| spec::satisfies(version, range))
            }
            // Which version it means today is the registry's to say.
            Spec::Tag => true,
            Spec::Alias(of) => self.parsed(of, of_root),
            // A package's own folder, which comes with it.
            Spec::Folder(_) if self.to.link.is_some() && self.from.contains("node_modules/") => true,
            Spec::Folder(path) => match (&self.to.link, self.inside(path, of_root)) {
                (Some(link), Some(path)) => *link == path,
                // A packed copy of it.
                (None, Some(path)) => self.local().is_some_and(|local| local == path),
                (_, None) => true,
            },
            Spec::Archive(path) => match self.inside(path, of_root) {
                Some(path) => self.local().is_some_and(|local| local == path),
                None => true,
            },
            Spec::Remote(url) => resolved.is_none_or(|resolved| resolved == url),
            Spec::Git(git) => self.git(git),
            Spec::Unsupported => false,
        }
    }

    /// The path of the project that it was made from.
    fn local(&self) -> Option<String> {
        let path = self.to.resolved.as_deref()?.strip_prefix("file:")?;
        match keys::project_path(&path.replace("%23", "#")) {
            Path::Inside(path) => Some(path.to_string()),
            Path::Outside | Path::Unsafe(_) => None,
        }
    }

    /// A path that was asked for, from the project's folder; `None` where it leads out.
    fn inside(&self, path: &str, of_root: bool) -> Option<String> {
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        // `file:///x` and `file:/../x` are old spellings.
        let bare = path.trim_start_matches('/');
        let path = if bare.starts_with('.') { bare } else { &path };
        let archive = self.place.resolved.as_deref().and_then(|resolved| resolved.strip_prefix("file:"));
        let base = match archive {
            _ if of_root => "",
            // What an archive asks for lies beside it.
            Some(archive) if self.place.link.is_none() => {
                archive.rsplit_once('/').map_or("", |(above, _)| above)
            }
            _ => self.from,
        };
        if path.starts_with(['/', '~']) {
            return None;
        }
        match keys::project_path(format!("{base}/{path}").trim_start_matches('/')) {
            Path::Inside(path) => Some(path.to_string()),
            Path::Outside | Path::Unsafe(_) => None,
        }
    }

    fn git(&self, asked: &Git) -> bool {
        let Some(Spec::Git(locked)) = self.to.resolved.as_deref().map(Spec::parse) else {
            // Of a registry, of a folder; a lockfile need not say where something comes from.
            return self.to.resolved.is_none() && self.to.link.is_none();
        };
        let same = match (&locked.hosted, &asked.hosted) {
            (Some(locked), asked) => asked.as_ref() == Some(locked),
            (None, _) => locked.address == asked.address,
        };
        if !same {
            return false;
        }
        if let Some(range) = &asked.range {
            let range = spec::range(range);
            return match (&self.to.version, range) {
                (Some(version), Some(range)) => spec::satisfies(version, &range),
                (None, _) => true,
                (_, None) => false,
            };
        }
        if asked.is_of_a_commit() {
            return locked.hosted.is_none() || asked.committish == locked.committish;
        }
        // Where a branch leads nobody knows from here, but whether it is the one that was locked.
        self.locked_committish().is_none_or(|locked| locked == asked.committish)
    }

    /// The branch or tag that was asked for when the lockfile was written.
    fn locked_committish(&self) -> Option<String> {
        let entry = self.lock.get("packages")?.get(self.from)?;
        let fields = ["dependencies", "optionalDependencies", "devDependencies", "peerDependencies"];
        let spec = fields.iter().find_map(|field| entry.get(field)?.get(self.name)?.as_str())?;
        match Spec::parse(spec) {
            Spec::Git(git) => Some(git.committish),
            _ => None,
        }
    }
}
