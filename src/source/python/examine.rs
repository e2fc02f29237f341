//! One candidate: does the commit hold this project, in this version, and which of its files?

use std::sync::Arc;

use super::asked::{Asked, Found};
use super::build_files::{is_rewritten_cfg, is_rewritten_toml};
use super::compare::{self, Comparison};
use super::place::{Place, is_like, is_shared, places};
use super::{Release, same_name, same_version, wheel};
use crate::python::version_files;
use crate::source::candidate::{Candidate, Extra, Kept, Refused, VersionIs};
use crate::source::correspondence::ManifestIs;
use crate::source::output::join;
use crate::source::repository::Unreachable;
use crate::source::repository::{NoAnswer, Repositories, Repository, Tree};
use crate::source::resolution::Class;

/// The answer, or the refusal; the outer error where a host could not be reached.
pub(in crate::source) async fn examine(
    release: &Release<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    directory: Option<&str>,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unreachable> {
    let Some(contents) = release.contents() else {
        return Ok(Refused::because("there is nothing to compare"));
    };
    let tree = match repositories.tree(repository, candidate.commit).await {
        Ok(tree) => tree,
        Err(no) => {
            let no = no.reached()?;
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
) -> Result<Option<String>, Unreachable> {
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

async fn judge<R: Repositories>(
    release: &Release<'_>,
    asked: &Asked<'_, R>,
    whole: Arc<Tree>,
    place: Place,
    found: Found,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unreachable> {
    let (tree, contents) = (asked.tree, asked.contents);
    let no_cfg = !tree.files.contains_key(&join(&place.project, "setup.cfg"));
    let rewritten = contents
        .texts
        .get("setup.cfg")
        .is_some_and(|own| (no_cfg || found.cfg.is_some()) && is_rewritten_cfg(found.cfg.as_deref(), own));
    let mut packed = Vec::from_iter(rewritten.then_some("setup.cfg"));
    let (toml, setup) = (found.texts.get("pyproject.toml"), found.texts.get("setup.py"));
    if let (Some(theirs), Some(own)) = (toml, contents.texts.get("pyproject.toml"))
        && theirs != own
        && is_rewritten_toml(theirs, own, release.version)
    {
        packed.push("pyproject.toml");
    }
    let version_files = version_files::named(toml.map(String::as_str), setup.map(String::as_str));
    let links = asked.links(&place.root).await?;
    let (version, folder) = (release.version, place.root.as_str());
    let (rewritten, version_files) = (&packed[..], &version_files[..]);
    let is_wheel = release.sdist.is_none();
    let compared =
        Comparison { contents, is_wheel, version, tree, links: &links, folder, rewritten, version_files };
    let correspondence = compared.compare();
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
    let is_small = matches!(class, Class::Verbatim | Class::Near);
    let unnamed = || format!("nothing in the repository says that it is of {}", release.name);
    let doubt = compare::doubt(&correspondence, contents).or_else(|| (!is_named).then(unnamed));
    let proved = is_small && doubt.is_none();
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
    let doubt = doubt.filter(|_| is_small);
    let mut extra = Extra { proved, doubt, rewritten: packed.clone(), ..Extra::default() };
    let mut written = asked.says(&place, &found).await?;
    extra.needs = asked.needs(release, &place, &mut written).await?;
    // What is compared whole is not compared a second time.
    let beside = if is_wheel { release.wheels.get(1..).unwrap_or_default() } else { release.wheels };
    for wheel in release.wheels {
        let points = wheel::undeclared(wheel.contents, &written);
        extra.undeclared.push((release.called(wheel), points));
    }
    for wheel in beside {
        let (sdist, folder) = (release.sdist, place.project.as_str());
        let source =
            wheel::Source { sdist, tree, folder, written: &written, version, version_files, programs: &[] };
        let installed = asked.installed(wheel, source).await?;
        extra.installed.push(wheel::Installed {
            wheel: release.called(wheel),
            file: wheel.filename.to_owned(),
            ..installed
        });
    }
    extra.uncompared = release.uncompared();
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
