//! `package.nix` of an npm application.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::OPEN_HASH;
use super::meta::{Meta, meta};
use super::source::{At, Fetched};
use crate::hash::NarHash;
use crate::upstream::nix::expression::{Nix, Rows};
use crate::upstream::nix::layout::{LayoutError, layout};
use crate::upstream::npm::build::{Build, Phase};
use crate::upstream::npm::needs::Needs;

/// All that the file says.
#[derive(Clone, Debug)]
pub struct Application {
    pub attribute: String,
    pub version: String,
    pub source: Fetched,
    /// The folder of the repository that npm runs in; `""` for the root.
    pub folder: String,
    /// The workspace that is installed.
    pub workspace: Option<String>,
    /// Why a lockfile lies beside the file; `None` where the repository has one.
    pub vendored: Option<String>,
    pub deps: Deps,
    /// An attribute of nixpkgs, and the range that demands it.
    pub node: Option<(&'static str, String)>,
    pub build: Build,
    pub needs: Needs,
    /// Whether the program's version is checked, which the user has seen it print.
    pub checks_version: bool,
    /// Whether package.json names programs (`bin`), which are installed.
    pub has_programs: bool,
    pub meta: Meta,
}

/// `npmDepsHash`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deps {
    Hash {
        hash: NarHash,
        /// Nothing is downloaded: fetchNpmDeps must be told.
        is_empty: bool,
        /// Packages that the lockfile has no address of.
        lacking: Vec<String>,
        git: GitPackages,
    },
    /// Why it cannot be computed.
    Gap(String),
}

/// Dependencies from git.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitPackages {
    pub all: Vec<String>,
    /// Those with scripts of installations and no lockfile: fetchNpmDeps refuses them, if it is not told to take them.
    pub refused: Vec<String>,
}

/// The file's text.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub fn file(application: &Application) -> Result<String, LayoutError> {
    let body = Nix::set(&rows(application));
    let names: String = arguments(application).iter().map(|name| format!("{name},\n")).collect();
    layout(&format!("{{\n{names}}}:\n\nbuildNpmPackage (finalAttrs: {body})\n"))
}

/// What the file is called with: the usual ones first, the others by name.
fn arguments(application: &Application) -> Vec<String> {
    let mut first =
        vec!["lib".to_owned(), "buildNpmPackage".to_owned(), application.source.function().to_owned()];
    let libraries = &application.needs.libraries;
    let mut others: Vec<String> =
        libraries.iter().filter_map(|path| path.split('.').next()).map(str::to_owned).collect();
    others.extend((!libraries.is_empty()).then(|| "pkg-config".to_owned()));
    others.extend(application.node.as_ref().map(|(attribute, _)| (*attribute).to_owned()));
    others.extend(application.updates().then(|| "nix-update-script".to_owned()));
    others.extend(application.source.fixed_lock.is_some().then(|| "npm-lockfile-fix".to_owned()));
    others.extend(application.checks_version.then(|| "versionCheckHook".to_owned()));
    others.sort();
    others.dedup();
    first.extend(others);
    first
}

impl Application {
    /// Whether a script can find the next release.
    fn updates(&self) -> bool {
        self.source.is_followed(&self.version)
    }
}

fn rows(application: &Application) -> Rows {
    let mut rows = Rows::default();
    rows.bind("pname", &Nix::text(&application.attribute)).bind("version", &Nix::text(&application.version));
    rows.gap().bind("__structuredAttrs", &Nix::code("true")).gap();
    if matches!(application.source.at, At::Commit(_)) {
        rows.comment("no tag is this commit");
    }
    rows.bind("src", &application.source.expression(&application.version)).gap();
    if !application.folder.is_empty() {
        let root = Nix::around("", &Nix::code("finalAttrs.src.name"), &format!("/{}", application.folder));
        rows.bind("sourceRoot", &root).gap();
    }
    if let Some(why) = &application.vendored {
        rows.comment(why);
        rows.bind("postPatch", &Nix::code("''\n  cp ${./package-lock.json} package-lock.json\n''")).gap();
    }
    deps(&mut rows, &application.deps);
    if let Some((attribute, range)) = &application.node {
        rows.gap().comment(&format!("package.json asks for node {range}"));
        rows.bind("nodejs", &Nix::code(attribute));
    }
    rows.gap();
    if let Some(workspace) = &application.workspace {
        rows.bind("npmWorkspace", &Nix::text(workspace)).gap();
    }
    phases(&mut rows, application);
    // A library that nothing builds is whole as it is.
    if !application.has_programs && application.build.phase != Phase::Nothing {
        rows.gap()
            .comment("TODO: package.json names no program: write an installPhase for what the build makes");
    }
    surroundings(&mut rows, &application.needs);
    if application.workspace.is_some() {
        rows.gap().comment(
            "links to the other workspaces lead nowhere; look whether the program needs one of them",
        );
        rows.bind("postInstall", &Nix::code("''\n  find $out/lib/node_modules -xtype l -delete\n''"));
    }
    if application.checks_version {
        rows.gap().bind("nativeInstallCheckInputs", &Nix::code("[ versionCheckHook ]"));
        rows.bind("doInstallCheck", &Nix::code("true"));
    }
    if application.updates() {
        rows.gap().bind(
            "passthru.updateScript",
            &application.source.update_script(&application.version, application.vendored.is_some()),
        );
    }
    rows.gap().bind("meta", &Nix::set(&meta(&application.meta)));
    rows
}

fn deps(rows: &mut Rows, deps: &Deps) {
    match deps {
        Deps::Hash { hash, is_empty, lacking, git } => {
            if let Some(first) = lacking.first() {
                rows.comment(&format!(
                    "TODO: {} packages of the lockfile have no `resolved` ({first}, …), so that `npm ci` will not find \
                     them: vendor a lockfile, or use npm-lockfile-fix in src.postFetch",
                    lacking.len()
                ));
            }
            rows.bind("npmDepsHash", &Nix::text(&hash.sri()));
            if *is_empty {
                rows.bind("forceEmptyCache", &Nix::code("true"));
            }
            git_packages(rows, git);
        }
        Deps::Gap(why) => {
            rows.comment(&format!("{OPEN_HASH}{why}"));
            rows.bind("npmDepsHash", &Nix::code("lib.fakeHash"));
        }
    }
}

fn git_packages(rows: &mut Rows, git: &GitPackages) {
    if !git.refused.is_empty() {
        rows.gap().comment(&format!(
            "TODO: no lockfile for the install scripts of {}: look whether it works without",
            git.refused.join(", ")
        ));
        rows.bind("forceGitDeps", &Nix::code("true"));
    }
    if !git.all.is_empty() {
        rows.gap().comment("npm unpacks dependencies from git in its cache");
        rows.bind("makeCacheWritable", &Nix::code("true"));
    }
}

fn phases(rows: &mut Rows, application: &Application) {
    let Build { phase, doubt, packs_only } = &application.build;
    if let Some(doubt) = doubt {
        rows.comment(&format!("TODO: {doubt}"));
    }
    match phase {
        Phase::Usual => {}
        Phase::Script(name) => _ = rows.bind("npmBuildScript", &Nix::text(name)),
        Phase::Nothing => _ = rows.bind("dontNpmBuild", &Nix::code("true")),
    }
    if let Some(why) = packs_only {
        rows.gap().comment(why).bind("npmPackFlags", &Nix::code("[ \"--ignore-scripts\" ]"));
    }
}

fn surroundings(rows: &mut Rows, needs: &Needs) {
    rows.gap();
    if let Some(why) = &needs.refused {
        rows.comment(&format!("TODO: {why}"));
    }
    if needs.ignores_peers {
        rows.comment("The lockfile has no versions that all peer dependencies allow.");
        rows.bind("npmFlags", &Nix::code("[ \"--legacy-peer-deps\" ]")).gap();
    }
    for program in &needs.programs {
        rows.comment(&format!("TODO: {program}"));
    }
    match needs.environment.iter().collect::<Vec<_>>()[..] {
        [] => {}
        [(name, value)] => _ = rows.bind_in("env", name, &Nix::text(value)),
        _ => _ = rows.bind("env", &strings(&needs.environment)),
    }
    let libraries: Vec<_> = needs.libraries.iter().filter_map(|path| Nix::name(path)).collect();
    if !libraries.is_empty() {
        rows.gap().bind("nativeBuildInputs", &Nix::code("[ pkg-config ]"));
        rows.gap().bind("buildInputs", &Nix::list(libraries));
    }
}

fn strings(all: &BTreeMap<String, String>) -> Nix {
    let mut rows = Rows::default();
    for (name, value) in all {
        rows.bind_named(name, &Nix::text(value));
    }
    Nix::set(&rows)
}

#[cfg(test)]
mod tests;
