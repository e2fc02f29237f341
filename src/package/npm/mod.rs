//! An npm package: what its commit says of it, and its file.

pub(super) mod deps;
mod fixing;
mod lock;
mod meta;

use serde_json::Value;

use super::built;
use super::commit::{Files, fetched};
use super::draft::{Draft, unchecked_version};
use super::origin::Origin;
use super::over;
use super::submodules;
use crate::failure::Failure;
use crate::foreign;
use crate::graph::PackageName;
use crate::hash::tree::LaidOut;
use crate::npm::bins;
use crate::plan::npm::engines;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings::{self, Wanted};
use crate::upstream::nixpkgs::application::{Application, Deps, file};
use crate::upstream::nixpkgs::meta::Meta;
use crate::upstream::nixpkgs::{commit, names};
use crate::upstream::npm::build::build;
use crate::upstream::npm::needs::{Needs, needs};
use crate::upstream::npm::place::{Place, joined, place};
use crate::world::World;
pub(super) use lock::{made_lock, manifests};

/// Node that nixpkgs has as `nodejs`.
const USUAL_NODE: &str = "nodejs_24";
/// Others that it has and supports, the newest first.
const OTHER_NODES: [&str; 1] = ["nodejs_22"];

/// What is built, and what was found of it.
pub(super) struct Subject<'a> {
    pub(super) origin: &'a Origin,
    pub(super) name: PackageName,
    pub(super) version: String,
    pub(super) files: Files<'a>,
    /// package.json of the package.
    pub(super) manifest: Value,
    place: Place,
}

/// The version that is asked for, or that the tag holds, or else the manifest's.
fn version(origin: &Origin, manifest: &Value) -> Option<String> {
    let of_tag = || {
        let tag = origin.tag.as_deref()?;
        let number = &tag[tag.find(|c: char| c.is_ascii_digit())?..];
        foreign::npm_version(number).map(|_| number.to_owned())
    };
    let written = || manifest["version"].as_str().filter(|text| foreign::npm_version(text).is_some());
    origin.version.clone().or_else(of_tag).or_else(|| written().map(str::to_owned))
}

impl<'a> Subject<'a> {
    /// Reads what the commit says of the package.
    ///
    /// # Errors
    /// A commit without a package.json that names a package and its version.
    pub(super) async fn new(origin: &'a Origin, files: Files<'a>) -> Result<Self, Failure> {
        let unreadable = |why: &str| Failure::one(problem::unreadable_commit(&origin.shown, why));
        let manifest = files.json(&joined(&origin.folder, "package.json")).await?;
        let manifest = manifest.ok_or_else(|| unreadable("it has no package.json that is JSON"))?;
        let repository = origin.repository.0.rsplit('/').next().unwrap_or_default();
        let name = manifest["name"].as_str().unwrap_or(repository);
        let name =
            PackageName::new(name).map_err(|why| unreadable(&format!("package.json: {name:?} {why}")))?;
        let version =
            version(origin, &manifest).ok_or_else(|| unreadable("package.json states no version"))?;
        let root = files.json("package.json").await?;
        let place = place(&files.paths(), &origin.folder, root.as_ref());
        Ok(Self { origin, name, version, files, manifest, place })
    }
}

impl Subject<'_> {
    /// The package as nixpkgs wants it.
    ///
    /// # Errors
    /// A host that did not answer, a lockfile that cannot be used.
    pub(super) async fn nixpkgs(
        &self,
        world: &World,
        settings: &settings::Package,
        progress: Progress,
    ) -> Result<Draft, Failure> {
        let Origin { shown, made, folder, .. } = self.origin;
        let release = match &settings.wanted {
            Wanted::Package(package) => Some(package),
            Wanted::Repository(_) | Wanted::Folder(_) => None,
        };
        let wanted = submodules::needed(world, (&self.files, folder), release, None).await?;
        let (mut source, mut notes) = fetched(world, self.origin, &wanted).await?;
        notes.extend(settings.purpose.map(|_| "--as is for Python packages".to_owned()));
        let attribute = self.attribute(settings, &mut notes)?;
        let (mut lock, vendored) = self.lock(world, source.is_archive(), progress).await?;
        let path = self.place.lock.clone().unwrap_or_else(|| "package-lock.json".to_owned());
        if vendored.is_none()
            && let Some(fixed) = self.fixed_lock(world, (&path, &lock), &source, progress).await?
        {
            source.hash = Ok(fixed.hash);
            source.fixed_lock = Some(path.clone());
            lock = fixed.lock;
        }
        let deps = deps::deps(world, (shown, &path), &lock, progress).await?;
        let mut needs = needs(&serde_json::from_slice(&lock).unwrap_or_default());
        notes.extend(self.trial(world, &lock, &mut needs, progress).await?);
        note_scripts(&needs, &mut notes);
        let node = self.node(&mut notes);
        let meta = self.meta(settings, &attribute, &source).await?;
        self.note_programs(settings, &meta, &mut notes);
        let mut gaps: Vec<String> = source.gap().into_iter().collect();
        if let Deps::Gap(why) = &deps {
            gaps.push(format!("npmDepsHash cannot be computed: {why}"));
        }
        let is_vendored = vendored.is_some();
        let mut application = Application {
            attribute: attribute.clone(),
            version: self.version.clone(),
            source,
            folder: self.place.folder.clone(),
            workspace: self.place.workspace.clone(),
            vendored,
            deps,
            node,
            build: build(&self.manifest, made),
            needs,
            checks_version: settings.version_check && meta.main_program.is_some(),
            has_programs: !bins(&self.manifest).is_empty(),
            meta,
        };
        let beside = is_vendored.then_some(&lock[..]);
        match &settings.build {
            Some(nixpkgs) => {
                notes.extend(built::known(&attribute, nixpkgs).await);
                match built::build(&mut application, beside, nixpkgs, progress).await? {
                    Ok(note) => notes.push(note),
                    Err(gap) => gaps.push(gap),
                }
            }
            None => {
                let said = over::nixpkgs(settings).await;
                let is_compared = said.is_some();
                if let Some(nixpkgs) = said {
                    notes.extend(built::known(&attribute, &nixpkgs).await);
                }
                notes.push(match is_compared {
                    true => "it was not built: --build does".to_owned(),
                    false => "it was not built, and no name compared with a nixpkgs: --build does".to_owned(),
                });
            }
        }
        let page = application.meta.home_page.as_deref();
        Ok(Draft {
            path: format!("{}/package.nix", names::folder(&attribute)),
            text: file(&application).map_err(anyhow::Error::from)?,
            commit_message: commit::message(&attribute, &application.version, page),
            attribute,
            version: application.version.clone(),
            beside: if is_vendored { vec![("package-lock.json".to_owned(), lock)] } else { Vec::new() },
            notes,
            gaps,
            lacking: Vec::new(),
        })
    }

    fn attribute(&self, settings: &settings::Package, notes: &mut Vec<String>) -> Result<String, Failure> {
        if let Some(given) = &settings.name {
            let refused = || Failure::one(problem::bad_attribute(&self.origin.shown, given));
            return names::is_attribute(given).then(|| given.clone()).ok_or_else(refused);
        }
        let is_root = self.origin.folder.is_empty();
        let repository = self.origin.repository.0.rsplit('/').next().filter(|_| is_root);
        let attribute = names::attribute(&self.name, repository);
        notes.extend(attribute.doubt);
        Ok(attribute.name)
    }

    /// The lockfile, and why it lies beside the file where it does.
    async fn lock(
        &self,
        world: &World,
        is_archive: bool,
        progress: Progress,
    ) -> Result<(Vec<u8>, Option<String>), Failure> {
        let mut left_out = false;
        if let Some(path) = &self.place.lock {
            match self.files.laid_out(path, is_archive).await? {
                LaidOut::Bytes(bytes) => return Ok((bytes, None)),
                LaidOut::Absent => left_out = true,
                LaidOut::Unknown => {
                    let why = format!("attributes change {path} on the way, by more than the commit says");
                    return Err(Failure::one(problem::unreadable_commit(&self.origin.shown, &why)));
                }
            }
        }
        let manifests = manifests(&self.files, &self.place.folder).await?;
        let lock = made_lock(world, &self.origin.shown, &manifests, progress).await?;
        let why = match self.place.other {
            Some(other) => format!("upstream has a lockfile of {other}, and none of npm"),
            None if left_out => "upstream's archives leave its lockfile out".to_owned(),
            None => "upstream has no lockfile".to_owned(),
        };
        Ok((lock, Some(why)))
    }

    /// The Node that package.json asks for, where the usual one is none of it.
    fn node(&self, notes: &mut Vec<String>) -> Option<(&'static str, String)> {
        let engine = engines::of_manifest(&self.manifest, "package.json")?;
        if engine.attributes.contains(&USUAL_NODE) {
            return None;
        }
        let other = OTHER_NODES.into_iter().find(|node| engine.attributes.contains(node));
        if other.is_none() {
            notes.push(format!("package.json asks for node {}, which nixpkgs no longer has", engine.range));
        }
        other.map(|node| (node, engine.range))
    }

    fn note_programs(&self, settings: &settings::Package, meta: &Meta, notes: &mut Vec<String>) {
        match &meta.main_program {
            None if bins(&self.manifest).is_empty() => notes.push(
                "it has no program: nixpkgs takes applications, and libraries of Node only for them"
                    .to_owned(),
            ),
            Some(program) => notes.extend(unchecked_version(settings, program, &self.version)),
            None => {}
        }
    }
}

fn note_scripts(needs: &Needs, notes: &mut Vec<String>) {
    if !needs.scripts.is_empty() {
        let all = needs.scripts.iter().cloned().collect::<Vec<_>>().join(", ");
        notes.push(format!(
            "`npm rebuild` runs the install scripts of {all}: look whether they download or compile"
        ));
    }
}
