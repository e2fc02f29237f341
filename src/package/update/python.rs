//! What is Python's own: the sdist of a release, the name that a project gives itself, and its dependencies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Step, Task};
use crate::failure::Failure;
use crate::graph::Project;
use crate::hash::Integrity;
use crate::package::commit::Files;
use crate::problem::artifact::is_missing;
use crate::problem::upstream as problem;
use crate::python::{BuildSystem, PyName, PyVersion, Release, Requirement, setup_cfg};
use crate::upstream::nix::expression::is_name;
use crate::upstream::nixpkgs::python::names::attribute;
use crate::upstream::releases::Side;
use crate::upstream::update::{Origin, Release as Next};

/// Names that come to a list, and names that leave it.
type Changes = (Vec<String>, Vec<String>);

impl Task<'_> {
    /// The next release of a file that takes a source archive of the index.
    pub(super) async fn of_sdist(&self) -> Result<Option<Step>, Failure> {
        let Origin::Pypi { name, .. } = &self.definition.source.origin else { return Ok(None) };
        let why = |why: &str| Failure::one(problem::no_next_release(&self.shown, why));
        if let Some(cargo) = &self.definition.cargo {
            return Err(
                self.no_hash(cargo.line, "crates of a source archive are not computed: take the repository")
            );
        }
        let project = Project::Python(name.clone());
        let before = self.definition.version.text.clone();
        let pinned = self.sdist(name, &before).await?;
        self.check_hash(&format!("the source archive of {name} {before}"), &pinned.to_string())?;
        let next = self.next_of_registry(&project).await?;
        let version = next.ok_or_else(|| why(&format!("the index has no project {name}")))?;
        if self.is_reached(&version) {
            return Ok(None);
        }
        let source = self.sdist(name, &version).await?;
        let mut notes = Vec::new();
        let pages = self.said_of_release(&project, &version, &mut notes).await?;
        let (mut old, mut new) = (Side::default(), Side::default());
        let (came, went) =
            self.requirements(Some(&project), &version, (&mut old, &mut new), &mut notes).await?;
        let release =
            Next { version, reference: String::new(), source, npm_deps: None, crates: None, came, went };
        Ok(Some(Step { release, old: Some(old), new, lock: None, pages, notes }))
    }

    /// The hash of a release's source archive.
    async fn sdist(&self, name: &PyName, version: &str) -> Result<Integrity, Failure> {
        let shown = format!("{name}=={version}");
        let line = self.definition.line(self.definition.source.hash.at.start);
        let parsed = PyVersion::new(version);
        let parsed =
            parsed.map_err(|_| self.no_hash(line, &format!("{version} is no version of Python packages")))?;
        let release = self.world.pypi.release(name, &parsed).await;
        let release = release.map_err(|error| Failure::of(error.problem(&shown), error.is_network()))?;
        let sdist = release.sdist().filter(|sdist| sdist.filename.ends_with(".tar.gz"));
        let hash = sdist.and_then(|sdist| sdist.integrity.clone());
        let hash = hash.filter(|hash| hash.algorithm == self.definition.source.hash.algorithm);
        hash.ok_or_else(|| {
            self.no_hash(line, &format!("{shown} has no .tar.gz whose SHA-256 the index gives"))
        })
    }

    /// What a project says of itself, in the words of package.json.
    pub(super) async fn python_manifest(&self, files: &Files<'_>) -> Result<Value, Failure> {
        let text = async |name: &str| {
            let bytes = files.read(name).await?;
            Ok::<_, Failure>(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        };
        let pyproject = text("pyproject.toml").await?;
        let system = BuildSystem::read(pyproject.as_deref()).ok();
        let stated = system.as_ref().and_then(|system| {
            let value =
                system.value(&["project", "name"]).or_else(|| system.value(&["tool", "poetry", "name"]));
            value.and_then(|name| name.as_str()).map(str::to_owned)
        });
        let of_cfg = || async {
            let sections = text("setup.cfg").await?.and_then(|text| setup_cfg::read(&text));
            Ok::<_, Failure>(
                sections.and_then(|sections| sections.get("metadata")?.get("name").cloned().flatten()),
            )
        };
        let name = match stated {
            Some(name) => Some(name),
            None => of_cfg().await?.or(self.name_in_setup(text("setup.py").await?.as_deref())),
        };
        Ok(json!({ "name": name }))
    }

    /// The file's own name for the package, where setup.py has it as a text: nothing of it is run.
    fn name_in_setup(&self, setup: Option<&str>) -> Option<String> {
        let pname = self.definition.pname.as_deref()?;
        let setup = setup?.replace(' ', "");
        let says = |quote: char| setup.contains(&format!("name={quote}{pname}{quote}"));
        (says('"') || says('\'')).then(|| pname.to_owned())
    }

    /// Which dependencies are new, and which are gone, by the metadata of both releases; the sides get them, for whoever
    /// compares.
    pub(super) async fn requirements(
        &self,
        project: Option<&Project>,
        version: &str,
        (old, new): (&mut Side, &mut Side),
        notes: &mut Vec<String>,
    ) -> Result<Changes, Failure> {
        if !self.definition.is_python {
            return Ok(Changes::default());
        }
        let both = match project {
            Some(Project::Python(name)) => {
                let before = self.required(name, &self.definition.version.text).await?;
                before.zip(self.required(name, version).await?)
            }
            _ => None,
        };
        let Some((before, after)) = both else {
            notes
                .push("the dependencies of the two releases were not compared: no index has both".to_owned());
            return Ok(Changes::default());
        };
        let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<_>>();
        for (name, bound) in &after {
            if before.get(name).is_some_and(|old| old != bound) {
                notes.push(format!("the dependency {name} was {:?} and is {bound:?}", before[name]));
            }
        }
        let (earlier, later) = (names(&before), names(&after));
        old.manifest["dependencies"] = json!(before);
        new.manifest["dependencies"] = json!(after);
        let Some(listed) = self.definition.dependencies.as_ref().map(|list| list.names()) else {
            notes.push("the file has no list of dependencies that could be changed".to_owned());
            return Ok(Changes::default());
        };
        let came: Vec<String> =
            later.difference(&earlier).filter(|name| !listed.contains(*name)).cloned().collect();
        let (came, odd): (Vec<String>, Vec<String>) = came.into_iter().partition(|name| is_name(name));
        let went: Vec<String> =
            earlier.difference(&later).filter(|name| listed.contains(*name)).cloned().collect();
        notes.extend(
            odd.iter().map(|name| format!("the new dependency {name} was not added: Nix has no such name")),
        );
        notes.extend(
            came.iter().map(|name| format!("{name} was added by its name: look whether nixpkgs calls it so")),
        );
        let unlisted = earlier.difference(&later).filter(|name| !listed.contains(*name));
        notes.extend(
            unlisted.map(|name| format!("{name} is no dependency any more, and is not listed by that name")),
        );
        Ok((came, went))
    }

    /// What a release always requires, by its metadata: name and bounds. `None` where the index does not have it.
    async fn required(
        &self,
        name: &PyName,
        version: &str,
    ) -> Result<Option<BTreeMap<String, String>>, Failure> {
        let Ok(parsed) = PyVersion::new(version) else { return Ok(None) };
        let shown = format!("{name}=={version}");
        let failure =
            |error: crate::world::pypi::PyPiError| Failure::of(error.problem(&shown), error.is_network());
        let release = match self.world.pypi.release(name, &parsed).await.map_err(failure) {
            Ok(release) => release,
            Err(Failure::Input(problems)) if problems.iter().all(is_missing) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let wheels = release.distributions.iter().filter(|file| file.filename.ends_with(".whl"));
        let wheels: Vec<_> = wheels.cloned().collect();
        let Some(file) = Release::best_wheel(&wheels).or_else(|| release.sdist()) else { return Ok(None) };
        let metadata = self.world.pypi.metadata(&shown, file).await.map_err(failure)?;
        let always = metadata.requires_dist.iter().filter_map(|text| {
            let (requirement, marker) = Requirement::split(text).ok()?;
            let plain = text.split(';').next().unwrap_or(text).trim();
            let bound = plain.trim_start_matches(|c: char| c.is_alphanumeric() || "-_.".contains(c)).trim();
            marker.is_none().then(|| (attribute(&requirement.name, None).name, bound.to_owned()))
        });
        Ok(Some(always.collect()))
    }
}
