//! One candidate: does the commit hold this project, in this version, and which of its files?

use std::collections::BTreeMap;
use std::sync::Arc;

use super::build_files::{self, Declared, is_rewritten_cfg, module_version};
use super::compare::{self, Comparison, SetupCfg};
use super::links::Links;
use super::place::{Place, is_like, is_shared, places};
use super::wheel::{self, Written};
use super::{Release, same_name, same_version};
use crate::contents::{Contents, Digest};
use crate::source::candidate::{Candidate, Extra, Kept, Refused, VersionIs, reached};
use crate::source::correspondence::{Correspondence, Left, ManifestIs};
use crate::source::kinds::{base, extension};
use crate::source::output::join;
use crate::source::repository::{FileKind, NoAnswer, Repositories, Repository, Tree};
use crate::source::resolution::Unresolved;

/// Modules whose version is read, at most.
const MODULES: usize = 3;
/// Programs of a wheel that are read, at most.
const PROGRAMS: usize = 8;
/// The file that entry points may have to themselves.
const POINTS: &str = "entry_points.txt";

/// What a project's folder declares.
struct Found {
    /// The file that says the name, or the first one.
    path: String,
    name: Option<String>,
    /// Version, and the file that says it.
    version: Option<(String, String)>,
    /// That file is the artifact's, byte for byte.
    is_own: bool,
    /// One of the build files is the artifact's, byte for byte.
    identical: bool,
    /// setup.cfg, where it is not the artifact's.
    cfg: Option<String>,
    /// No file declares the name, but setup.py has it.
    has_name: bool,
    /// The texts of the build files, by name.
    texts: BTreeMap<String, String>,
}

impl Found {
    fn at(path: &str, identical: bool) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            version: None,
            is_own: identical,
            identical,
            cfg: None,
            has_name: false,
            texts: BTreeMap::new(),
        }
    }
}

/// The answer, or the refusal; the outer error where a host could not be reached.
pub(in crate::source) async fn examine(
    release: &Release<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    directory: Option<&str>,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unresolved> {
    let Some(contents) = release.contents() else {
        return Ok(Refused::because("there is nothing to compare"));
    };
    let tree = match repositories.tree(repository, candidate.commit).await {
        Ok(tree) => tree,
        Err(no) => {
            let no = reached(no)?;
            let unread = matches!(no, NoAnswer::Failed(_));
            return Ok(Err(Refused { why: no.to_string(), located: None, unread }));
        }
    };
    let asked = Asked { repositories, repository, tree: &tree, contents };
    let mut others = Vec::new();
    for place in places(&tree, contents, release.sdist.is_some(), directory) {
        let Some(found) = asked.declared(&place, release.name).await? else { continue };
        if let Some(name) = found.name.as_ref().filter(|name| !same_name(name, release.name)) {
            others.push(format!("{} is of {name}", found.path));
            continue;
        }
        return judge(release, &asked, Arc::clone(&tree), place, found, candidate).await;
    }
    Ok(Refused::because(match &others[..] {
        [] => "the commit has no pyproject.toml, setup.cfg or setup.py".to_owned(),
        [first, ..] => format!("no project of that name: {first}"),
    }))
}

/// The file that shows that a project of this name lies in the tree.
pub(in crate::source) async fn is_at(
    release: &Release<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    directory: Option<&str>,
    tree: &Tree,
) -> Result<Option<String>, Unresolved> {
    let Some(contents) = release.contents() else { return Ok(None) };
    let asked = Asked { repositories, repository, tree, contents };
    for place in places(tree, contents, release.sdist.is_some(), directory) {
        let Some(found) = asked.declared(&place, release.name).await? else { continue };
        let like = found.identical || is_like(tree, contents, &place.root);
        let same = found.name.as_ref().map_or(like, |name| same_name(name, release.name));
        if same {
            return Ok(Some(found.path));
        }
    }
    Ok(None)
}

/// What is needed to read a file of the commit.
struct Asked<'a, R> {
    repositories: &'a R,
    repository: &'a Repository,
    tree: &'a Tree,
    contents: &'a Contents,
}

impl<R: Repositories> Asked<'_, R> {
    /// Text of a file; without asking where its bytes are the artifact's and at hand.
    async fn text(&self, path: &str, own: &str) -> Result<Option<(String, bool)>, Unresolved> {
        let Some(entry) = self.tree.files.get(path).filter(|entry| entry.kind != FileKind::Symlink) else {
            return Ok(None);
        };
        let same = self.contents.file(own).is_some_and(|file| file.blob == entry.blob);
        if same && let Some(text) = self.contents.texts.get(own) {
            return Ok(Some((text.clone(), true)));
        }
        Ok(self.blob(entry.blob).await?.map(|text| (text, same)))
    }

    async fn blob(&self, blob: Digest<20>) -> Result<Option<String>, Unresolved> {
        match self.repositories.blob(self.repository, blob).await {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(no) => reached(no).map(|_| None),
        }
    }

    async fn declared(&self, place: &Place, name: &str) -> Result<Option<Found>, Unresolved> {
        let mut found: Option<Found> = None;
        for file in build_files::NAMES {
            let path = join(&place.project, file);
            let Some((text, identical)) = self.text(&path, file).await? else { continue };
            let declared = Declared::read(file, &text);
            let found = found.get_or_insert_with(|| Found::at(&path, identical));
            if found.name.is_none() && declared.name.is_some() {
                found.path.clone_from(&path);
                found.is_own = identical;
                found.name = declared.name;
            }
            if let (None, Some(version)) = (&found.version, declared.version) {
                found.version = Some((version, path));
            }
            found.identical |= identical;
            found.has_name |= file == "setup.py" && build_files::has_name(&text, name);
            if file == "setup.cfg" && !identical {
                found.cfg = Some(text.clone());
            }
            found.texts.insert(file.to_owned(), text);
        }
        Ok(found)
    }

    /// What the build files say of a wheel: with the modules that setup.py imports, as far as they are at hand, and the
    /// file that entry points may have to themselves.
    async fn says(&self, place: &Place, found: &Found) -> Result<Written, Unresolved> {
        let mut texts = found.texts.clone();
        for (path, text) in &self.contents.texts {
            let committed = self.tree.files.get(&join(&place.project, path)).map(|entry| entry.blob);
            if self.contents.file(path).is_some_and(|file| Some(file.blob) == committed) {
                texts.entry(path.clone()).or_insert_with(|| text.clone());
            }
        }
        let is_named = texts.values().any(|text| text.contains(POINTS) || text.contains("flit"));
        if is_named && let Some((text, _)) = self.text(&join(&place.project, POINTS), POINTS).await? {
            texts.insert(POINTS.to_owned(), text);
        }
        Ok(Written::read(&texts))
    }

    /// Compares all that a wheel installs.
    async fn installed(
        &self,
        wheel: &Contents,
        source: wheel::Source<'_>,
    ) -> Result<wheel::Installed, Unresolved> {
        let mut same = Vec::new();
        for (path, places) in wheel::programs(wheel, &source).into_iter().take(PROGRAMS) {
            for place in places.into_iter().take(PROGRAMS) {
                let (Some(entry), Some(own)) = (self.tree.files.get(place), wheel.texts.get(path)) else {
                    continue;
                };
                let text = self.blob(entry.blob).await?;
                if text.is_some_and(|text| wheel::is_same_program(own, &text)) {
                    same.push(path.to_owned());
                    break;
                }
            }
        }
        Ok(wheel::compare(wheel, &wheel::Source { programs: &same, ..source }))
    }

    /// Where the links lead that an artifact's files are behind.
    async fn links(&self, folder: &str) -> Result<Links, Unresolved> {
        let mut links = Links::default();
        loop {
            let unread = links.unread(self.tree, self.contents, folder);
            if unread.is_empty() {
                return Ok(links);
            }
            for (path, blob) in unread {
                // One that cannot be read leads nowhere.
                let target = self.blob(blob).await?.unwrap_or_else(|| "/".to_owned());
                links.add(path, target);
            }
        }
    }

    /// A literal version in a module that is not the artifact's, and the module.
    async fn module(
        &self,
        place: &Place,
        correspondence: &Correspondence,
    ) -> Result<Option<(String, String)>, Unresolved> {
        let holds = |path: &&String| {
            let stem = base(path).split('.').next().unwrap_or_default();
            extension(path) == "py"
                && matches!(
                    stem,
                    "__init__" | "__about__" | "__version__" | "_version" | "version" | "_meta" | "setup"
                )
        };
        let differing =
            correspondence.left.iter().filter(|(_, left)| matches!(left, Left::Differs | Left::Harmless));
        let mut paths: Vec<&String> = differing.map(|(path, _)| path).filter(holds).collect();
        paths.sort_by_key(|path| path.matches('/').count());
        for path in paths.into_iter().take(MODULES) {
            let path = join(&place.root, path);
            let Some(entry) = self.tree.files.get(&path) else { continue };
            if let Some(version) = self.blob(entry.blob).await?.as_deref().and_then(module_version) {
                return Ok(Some((version, path)));
            }
        }
        Ok(None)
    }
}

async fn judge<R: Repositories>(
    release: &Release<'_>,
    asked: &Asked<'_, R>,
    whole: Arc<Tree>,
    place: Place,
    found: Found,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unresolved> {
    let (tree, contents) = (asked.tree, asked.contents);
    let no_cfg = !tree.files.contains_key(&join(&place.project, "setup.cfg"));
    let rewritten = contents
        .texts
        .get("setup.cfg")
        .is_some_and(|own| (no_cfg || found.cfg.is_some()) && is_rewritten_cfg(found.cfg.as_deref(), own));
    let setup_cfg = if rewritten { SetupCfg::Rewritten } else { SetupCfg::Plain };
    let links = asked.links(&place.root).await?;
    let (version, folder) = (release.version, place.root.as_str());
    let correspondence = Comparison {
        contents,
        is_wheel: release.sdist.is_none(),
        version,
        tree,
        links: &links,
        folder,
        setup_cfg,
    }
    .compare();
    let mut declared = found.version.clone().filter(|(version, _)| !is_placeholder(version));
    if declared.is_none() {
        declared =
            asked.module(&place, &correspondence).await?.filter(|(version, _)| !is_placeholder(version));
    }
    if let Some((version, path)) =
        declared.as_ref().filter(|(version, _)| !same_version(version, release.version))
    {
        let why = format!("{path} holds version {version}");
        return Ok(Err(Refused { why, located: Some(found.path), unread: false }));
    }
    let class = compare::class(&correspondence);
    // Any project could say that it is this one: somewhere the repository must say so too.
    let base = asked.repository.0.rsplit('/').next().unwrap_or_default();
    let is_named = found.name.is_some() || found.has_name || same_name(base, release.name);
    let proved = is_named && compare::is_proved(&correspondence, contents);
    let counts = correspondence.counts;
    let half = counts.total() > 0 && (counts.identical + counts.crlf) * 2 >= counts.total();
    if found.name.is_none() && !found.identical && !half {
        return Ok(Refused::because(format!(
            "{} does not say its name, and too few of the files are there",
            found.path
        )));
    }
    let demoted = matches!(candidate.named, crate::source::candidate::Named::Tag { demoted: true, .. });
    if demoted && declared.is_none() && !proved && is_shared(tree) {
        let why = "the commit does not say its version, and tags that name the package go before this one";
        return Ok(Refused::because(why));
    }
    let mut extra = Extra { proved, ..Extra::default() };
    if let Some(wheel) = release.wheel {
        let written = asked.says(&place, &found).await?;
        extra.undeclared = wheel::undeclared(wheel, &written);
        if let Some(sdist) = release.sdist {
            let folder = place.project.as_str();
            let source = wheel::Source { sdist, tree, folder, written: &written, version, programs: &[] };
            extra.installed = Some(asked.installed(wheel, source).await?);
        }
    }
    Ok(Ok(Kept {
        candidate,
        tree: whole,
        path: found.path,
        packed: place.root,
        folder: place.project,
        version_is: if declared.is_some() { VersionIs::Exact } else { VersionIs::Placeholder },
        version: declared.map(|(version, _)| version),
        manifest_is: if found.is_own { ManifestIs::Identical } else { ManifestIs::Changed },
        manifest_diff: None,
        disallowed: Vec::new(),
        correspondence,
        class,
        extra,
    }))
}

/// Versions that stand where a tool sets the real one.
fn is_placeholder(version: &str) -> bool {
    let zeros =
        version.split(['.', '-', '+']).next() == Some("0") && version.chars().all(|c| matches!(c, '0' | '.'));
    zeros
        || version.starts_with("0.0.0")
        || version.starts_with("0+")
        || version.contains(['{', '$', '@', '%'])
}
