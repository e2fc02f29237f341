//! The next release of a file that takes its source from a repository.

use serde_json::Value;

use super::next::TAGS;
use super::{Step, Task};
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::graph::Project;
use crate::hash::{Integrity, NarHash};
use crate::package::commit::{Files, failed};
use crate::package::named;
use crate::package::origin::Origin as Commitment;
use crate::problem::upstream as problem;
use crate::python::PyVersion;
use crate::source::repository::{Commit, Refs, Repositories, Repository};
use crate::upstream::nixpkgs::changelog;
use crate::upstream::npm::needs::needs;
use crate::upstream::npm::place::joined;
use crate::upstream::pasted::Meant;
use crate::upstream::releases::Side;
use crate::upstream::tag;
use crate::upstream::update::{Origin, Reference, Release};
use crate::world::git::TreeHash;

impl Task<'_> {
    pub(super) async fn of_repository(&self) -> Result<Option<Step>, Failure> {
        let Origin::Repository { repository, reference, .. } = &self.definition.source.origin else {
            return Ok(None);
        };
        let refs = self.world.git.refs(repository).await.map_err(|no| failed(&self.shown, no))?;
        let old = self.pinned(repository, reference, &refs)?;
        let hash = self.source_hash(repository, old).await?;
        self.check_hash(&format!("{repository} at {}", reference.named()), &hash.sri())?;
        let old_files = Files::new(self.world, &self.shown, repository, old).await?;
        let old_side = self.side(&old_files).await?;
        let mut notes = Vec::new();
        let next = self.next(repository, reference, &refs, &old_side.manifest, &mut notes).await?;
        let Some((version, origin)) = next else { return Ok(None) };
        let version = self.as_tagged(reference, version, &origin);
        notes.insert(0, origin.proof.clone());
        let named = self.reference(reference, &refs, &version, &origin)?;
        let new_files = Files::new(self.world, &self.shown, repository, origin.commit).await?;
        let new_side = self.side(&new_files).await?;
        let hash = self.source_hash(repository, origin.commit).await?;
        let deps = match &self.definition.npm {
            Some(npm) => Some(self.deps_of_commit(npm, &new_files).await?),
            None => None,
        };
        notes.extend(deps.iter().flat_map(|deps| deps.notes.clone()));
        let crates = self.crates(&old_files, &new_files).await?;
        let (mut old_side, mut new_side) = (old_side, new_side);
        let project = self.name(&old_side.manifest)?;
        let (came, went) =
            self.requirements(project.as_ref(), &version, (&mut old_side, &mut new_side), &mut notes).await?;
        self.note_build(project.as_ref(), (&old_files, &new_files), &mut notes).await?;
        self.note_submodules((project.as_ref(), &version), &new_files, &mut notes).await?;
        if let Some(now) = refs.renamed(repository) {
            notes.push(format!("{repository} has moved to {now}: name that one in the file"));
        }
        let plain = |named: &str| named.strip_prefix(TAGS).unwrap_or(named).to_owned();
        Ok(Some(Step {
            pages: changelog::pages(repository, &plain(&reference.named()), &plain(&named)),
            release: Release {
                version,
                reference: named,
                source: Integrity::sha256(&hash.0)
                    .ok_or_else(|| anyhow::anyhow!("a NAR hash is a SHA-256"))?,
                npm_deps: deps.as_ref().map(|deps| deps.hash),
                crates,
                came,
                went,
            },
            old: Some(old_side),
            new: new_side,
            lock: deps
                .filter(|deps| deps.is_made)
                .and_then(|deps| Some((self.definition.npm.as_ref()?.vendored.clone()?, deps.lock))),
            notes,
        }))
    }

    /// The commit that the file names.
    fn pinned(&self, repository: &Repository, reference: &Reference, refs: &Refs) -> Result<Commit, Failure> {
        let named = reference.named();
        if let Ok(commit) = Commit::try_from(named.clone()) {
            return Ok(commit);
        }
        let tag = named.strip_prefix(TAGS).unwrap_or(&named);
        let why =
            || Failure::one(problem::no_such_release(&self.shown, &format!("{repository} has no tag {tag}")));
        refs.tags.get(tag).copied().ok_or_else(why)
    }

    /// What the fetcher gives of a commit.
    async fn source_hash(&self, repository: &Repository, commit: Commit) -> Result<NarHash, Failure> {
        let Origin::Repository { is_cloned, has_submodules, .. } = self.definition.source.origin else {
            return Err(anyhow::anyhow!("only a repository has commits").into());
        };
        let tree = self.world.git.tree_hash(repository, commit, has_submodules).await;
        let TreeHash { hash, submodules, out_of_reach, .. } = tree.map_err(|no| failed(&self.shown, no))?;
        let whole = hash.with_submodules.filter(|_| out_of_reach.is_empty());
        let (hash, what) = match (is_cloned, has_submodules && !submodules.is_empty()) {
            (_, true) => (whole, format!("its submodules cannot all be had: {}", out_of_reach.join("; "))),
            (true, false) => (Some(hash.checkout), String::new()),
            (false, false) => (hash.archive, "its archive holds what is not in the commit".to_owned()),
        };
        let line = self.definition.line(self.definition.source.hash.at.start);
        hash.ok_or_else(|| self.no_hash(line, &format!("{repository} at {commit}: {what}")))
    }

    /// Whether the file's fetcher takes the forge's archive. Else it clones.
    pub(super) fn is_archive(&self) -> bool {
        matches!(self.definition.source.origin, Origin::Repository { is_cloned: false, .. })
    }

    /// The folder of the package's manifest.
    pub(super) fn folder(&self) -> String {
        let npm = self.definition.npm.as_ref();
        npm.map(|npm| match &npm.workspace {
            Some(workspace) => joined(&npm.folder, workspace),
            None => npm.folder.clone(),
        })
        .unwrap_or_default()
    }

    async fn side(&self, files: &Files<'_>) -> Result<Side, Failure> {
        let manifest = match self.definition.is_python {
            true => Some(self.python_manifest(files).await?),
            false => files.json(&joined(&self.folder(), "package.json")).await?,
        };
        let lock = self.definition.npm.as_ref().map(|npm| joined(&npm.folder, "package-lock.json"));
        let lock = match &lock {
            Some(lock) => files.json(lock).await?,
            None => None,
        };
        Ok(Side {
            files: files.blobs(),
            manifest: manifest.unwrap_or_default(),
            with_scripts: needs(&lock.unwrap_or_default()).scripts,
        })
    }

    /// The package of the registry that the pinned source says it is, or that the user names.
    fn name(&self, manifest: &Value) -> Result<Option<Project>, Failure> {
        if let Some(named) = self.named()? {
            return Ok(Some(named));
        }
        let name = manifest["name"].as_str().filter(|_| manifest["private"] != true);
        let ecosystem = if self.definition.is_python { Ecosystem::Python } else { Ecosystem::Npm };
        Ok(name.and_then(|name| Project::parse(name, ecosystem).ok()))
    }

    /// The next release: of the registry where it has the package and its source is the file's repository, else of the
    /// repository's tags.
    async fn next(
        &self,
        repository: &Repository,
        reference: &Reference,
        refs: &Refs,
        manifest: &Value,
        notes: &mut Vec<String>,
    ) -> Result<Option<(String, Commitment)>, Failure> {
        if self.follows_commits(reference) {
            return self.newest_commit(repository, reference).await;
        }
        if let Some(name) = self.name(manifest)? {
            let why = match self.next_of_registry(&name).await? {
                Some(version) if self.is_reached(&version) => return Ok(None),
                Some(version) => match self.proved(&name, &version, repository, refs).await? {
                    Ok(origin) => return Ok(Some((version, origin))),
                    Err(why) => why,
                },
                None => format!("the registry has no package {name}"),
            };
            if self.named()?.is_some() {
                return Err(Failure::one(problem::no_next_release(&self.shown, &why)));
            }
            notes.push(format!("{why}, so that the repository's tags were followed"));
        }
        if Commit::try_from(reference.named()).is_ok() {
            let why =
                "it names a commit, and no registry has a release that follows: say which with --version";
            return Err(Failure::one(problem::no_next_release(&self.shown, why)));
        }
        let (version, origin) = self.tagged(repository, reference, refs)?;
        Ok((!self.is_reached(&version)).then_some((version, origin)))
    }

    /// Whether the file follows commits, not releases, by nixpkgs' way to write such versions.
    fn follows_commits(&self, reference: &Reference) -> bool {
        let version = &self.definition.version.text;
        let is_unstable = version.contains("-unstable-") || version.starts_with("unstable-");
        is_unstable && self.settings.version.is_none() && Commit::try_from(reference.named()).is_ok()
    }

    /// The newest commit of the branch that the host shows first.
    async fn newest_commit(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Option<(String, Commitment)>, Failure> {
        let newest = self.world.git.head(repository).await.map_err(|no| failed(&self.shown, no))?;
        if newest.to_string() == reference.named() {
            return Ok(None);
        }
        let meant = Meant { commit: newest, tag: None, folder: String::new() };
        let mut origin = named::of(self.world, repository, meant).await?;
        origin.proof =
            format!("source: {repository} at {newest}, its newest commit: it was compared with no registry");
        let version = origin.version.clone().unwrap_or_default();
        // Older files have no release before the word.
        let is_old = self.definition.version.text.starts_with("unstable-");
        let version = version
            .split_once("-unstable-")
            .filter(|_| is_old)
            .map_or(version.clone(), |(_, day)| format!("unstable-{day}"));
        Ok(Some((version, origin)))
    }

    /// The version of a Python package as its tag spells it, where the file makes the tag of the version.
    fn as_tagged(&self, reference: &Reference, version: String, origin: &Commitment) -> String {
        let at = &self.definition.version.at;
        let is_made = reference.text.0.iter().any(|piece| piece.at.as_ref() == Some(at));
        let tag = origin.tag.as_deref().filter(|_| is_made && self.definition.is_python);
        let spelled = tag.and_then(|tag| tag::spelled(tag, &PyVersion::new(&version).ok()?));
        spelled.map_or(version, str::to_owned)
    }

    /// How the file is to name the commit.
    fn reference(
        &self,
        reference: &Reference,
        refs: &Refs,
        version: &str,
        origin: &Commitment,
    ) -> Result<String, Failure> {
        if Commit::try_from(reference.named()).is_ok() {
            return Ok(origin.commit.to_string());
        }
        let is_it = |tag: &str| refs.tags.get(tag) == Some(&origin.commit);
        let follows = reference.of(&reference.text.with(&self.definition.version.at, version));
        if let Some(follows) = follows.filter(|follows| is_it(follows.strip_prefix(TAGS).unwrap_or(follows)))
        {
            return Ok(follows);
        }
        let prefix = if reference.named().starts_with(TAGS) { TAGS } else { "" };
        if let Some(tag) = origin.tag.as_deref().filter(|tag| is_it(tag)) {
            return Ok(format!("{prefix}{tag}"));
        }
        let why = format!(
            "{} was made from the commit {}, which no tag of the release names",
            origin.shown, origin.commit
        );
        Err(Failure::one(problem::no_such_release(&self.shown, &why)))
    }
}
