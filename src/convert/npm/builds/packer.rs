//! What packs the result where that is not the npm of the package set's Node: it is one more tool.

use serde_json::Value;

use super::Subject;
use super::lock::manifest;
use super::managers::{self, Release};
use super::plan::{NotPlanned, Planning};
use crate::contents::tarball::{self, Limits};
use crate::failure::Failure;
use crate::graph::npm::{Graph, Node, Omit, Origin, Platform};
use crate::graph::{Location, PackageName};
use crate::rebuild::infer::{Archive, Files};
use crate::rebuild::{Packer, Recipe};

/// Where the library looks for it: not below `node_modules`, where a program of the package could find it.
const PLACE: &str = ".headwater";

/// The last npm that packs CHANGELOG, CHANGES and HISTORY whatever `files` of package.json says. Later ones do not.
const EARLY_NPM: &str = "6.14.18";

/// The registry's archive of a package.
struct Published {
    shows: Archive,
    paths: Vec<String>,
}

/// Puts the packer beside the tools, where it is one of them.
///
/// # Errors
/// It cannot be had, or a registry that does not answer.
pub async fn add(
    planning: &Planning<'_>,
    subject: &Subject,
    files: &Files,
    recipe: &mut Recipe,
    graph: &mut Graph,
) -> Result<(), NotPlanned> {
    let published = published(planning, subject).await?;
    if let Some(published) = &published {
        correct(planning, subject, files, recipe, &published.shows);
    }
    let (program, release) = match recipe.packer {
        Packer::Pnpm => ("pnpm", managers::pnpm(planning, files, recipe).await),
        Packer::Yarn => ("yarn", managers::yarn(planning, files).await),
        Packer::Npm | Packer::Lerna => {
            let Some(file) = published.and_then(|published| unlisted(files, recipe, published.paths)) else {
                return Ok(());
            };
            recipe.remarks.push(format!(
                "npm {EARLY_NPM} packs it: later ones would not pack {file}, as `files` does not list it"
            ));
            ("npm", Release::new("npm", EARLY_NPM).map_err(NotPlanned::from))
        }
    };
    let Release { package, version } =
        release.map_err(|none| NotPlanned { why: format!("{program} packs it: {}", none.why), ..none })?;
    let place = Location::new(&format!("{PLACE}/{program}")).map_err(|why| why.to_string())?;
    let node = Node {
        name: Some(PackageName::new(package).map_err(|why| why.to_string())?),
        version: Some(version),
        origin: Origin::Registry { url: None },
        integrity: None,
        omit: Omit::default(),
        platform: Platform::default(),
        has_install_script: false,
        has_shrinkwrap: false,
        bin: Default::default(),
        license: None,
        edges: Default::default(),
        is_vague: false,
        patch: None,
    };
    graph.nodes.insert(place, node);
    Ok(())
}

/// What the registry has of a package. What cannot be read, or is not there any more, is told when it is compared.
async fn published(planning: &Planning<'_>, subject: &Subject) -> Result<Option<Published>, NotPlanned> {
    let Some(artifact) = &subject.artifact else { return Ok(None) };
    let archive = match subject.published(artifact, planning.world).await {
        Ok(archive) => archive,
        // Without its archive another packer might be taken.
        Err(Failure::Unreachable(why)) => return Err(NotPlanned::unanswered(why.message)),
        Err(_) => return Ok(None),
    };
    let limits = Limits::default();
    let Ok(read) = tarball::read(&archive, &limits) else { return Ok(None) };
    let contents = read.contents;
    let manifest = contents.manifest_json();
    let time = tarball::first_time(&archive, &limits);
    let paths = contents.files.into_iter().map(|file| file.path).collect();
    Ok(Some(Published { shows: Archive { time, manifest }, paths }))
}

/// Takes the packer that the archive shows, unless the user names one.
fn correct(
    planning: &Planning<'_>,
    subject: &Subject,
    files: &Files,
    recipe: &mut Recipe,
    archive: &Archive,
) {
    let said = planning.policy.recipe(&subject.name, &subject.version);
    if said.is_some_and(|said| said.packer.is_some()) {
        return;
    }
    let committed = manifest(files, &recipe.directory).unwrap_or_default();
    let is_of_lerna = files.paths.contains("lerna.json");
    if let Some((packer, why)) = archive.packer(recipe.packer, &committed, is_of_lerna) {
        recipe.packer = packer;
        recipe.remarks.push(why.to_owned());
    }
}

/// A file that the registry's archive has and that today's npm would not pack: the publisher's npm was an early one.
fn unlisted(files: &Files, recipe: &Recipe, packed: Vec<String>) -> Option<String> {
    let manifest = manifest(files, recipe.contents.as_ref().unwrap_or(&recipe.directory))?;
    let listed = manifest["files"].as_array()?;
    let mut packed = packed.into_iter().filter(|path| is_history(path));
    packed.find(|path| !listed.iter().any(|one| names(one, path)))
}

/// Whether npm before 7 packs a file of the package's folder whatever `files` says, and later ones do not.
fn is_history(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    matches!(stem, "changelog" | "changes" | "history") && !path.contains('/')
}

/// Whether an entry of `files` is for a file of the package's folder.
fn names(entry: &Value, file: &str) -> bool {
    let entry = entry.as_str().unwrap_or_default().trim_start_matches("./").trim_start_matches('/');
    entry.eq_ignore_ascii_case(file) || entry.starts_with('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_early_npm_packs_unasked() {
        for (path, expected) in [
            ("CHANGELOG.md", true),
            ("History.md", true),
            ("CHANGES", true),
            ("docs/CHANGELOG.md", false),
            ("changelogs.md", false),
            ("README.md", false),
        ] {
            assert_eq!(is_history(path), expected, "{path}");
        }
        for (entry, expected) in [
            ("CHANGELOG.md", true),
            ("./changelog.md", true),
            ("/CHANGELOG.md", true),
            ("*.md", true),
            ("build", false),
            ("docs/CHANGELOG.md", false),
        ] {
            assert_eq!(names(&entry.into(), "CHANGELOG.md"), expected, "{entry}");
        }
    }
}
