//! The files of a conversion: all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use sha2::{Digest as _, Sha256};

use crate::emit::Files;
use crate::emit::{guix, nix, pip};
use crate::failure::Failure;
use crate::foreign;
use crate::graph::Location;
use crate::lockfile::python::RESOLVED;
use crate::pins::{self, Pins};
use crate::policy;
use crate::problem::{self, Problem};
use crate::report::{self, Summary};
use crate::settings;
use crate::world::disk::{self, Output};
use crate::world::git::Git;

/// The largest `headwater.lock` that is read, in bytes.
const PINS: u64 = 256 << 20;

/// In `nix/headwater`: of which `headwater.lock` its files are. Evaluation refuses another one (`nix/one-run.nix`).
const PINS_DIGEST: &str = "nix/headwater/pins.sha256";

/// What was written, and what to do with it.
struct Written {
    names: Vec<String>,
    /// All that should be under version control: that of an earlier run may still not be.
    tracked: Vec<String>,
    /// The same, file by file.
    files: Vec<String>,
    /// What to run then.
    next: Vec<String>,
}

/// What there is to write for Nix.
pub struct Nix {
    /// Of `nix/headwater/`.
    pub files: Files,
    /// The flake of a project that has none.
    pub flake: String,
    /// What `nix develop` gives.
    pub shell: &'static str,
    /// What `nix flake check` proves.
    pub check: &'static str,
    /// What cannot be built yet is not recommended to be built.
    pub builds: bool,
}

/// What there is to write for Guix.
pub struct Guix {
    /// Relative to the output folder.
    pub files: Files,
    /// The one that is replaced whole: the project's modules.
    pub folder: String,
    /// What cannot be built yet is not recommended to be built.
    pub builds: bool,
}

/// In a folder that is replaced whole: git sees what is in it, whatever the project's rules ignore (`lib/`, `build/`).
const NOT_IGNORED: (&str, &str) = (".gitignore", "!*\n");

/// Everything that there is to write besides the pins.
#[derive(Default)]
pub struct Emitted {
    pub nix: Option<Nix>,
    pub guix: Option<Guix>,
    /// Each lies in the output folder itself.
    pub others: Files,
    /// Files of an earlier run that are to be removed.
    pub gone: Vec<Location>,
    /// What the user wants to have appended to `headwater.toml`.
    pub appended: String,
}

/// Finishes what an earlier run began to write before it was killed; whether there was anything.
///
/// # Errors
/// A disk that refuses.
pub fn recover(folder: &Path) -> Result<bool, Failure> {
    let files = [
        pins::FILE,
        policy::FILE,
        nix::FLAKE,
        nix::FOLDER,
        PINS_DIGEST,
        guix::CHANNEL,
        guix::PROJECT,
        guix::MANIFEST,
        pip::COMMITS,
        pip::HASHED,
        RESOLVED,
    ];
    let modules = format!("{}/", guix::MODULES);
    let ours = |path: &Location| files.contains(&path.as_str()) || path.as_str().starts_with(&modules);
    Ok(disk::recover(folder, ours)?)
}

/// What an earlier run found.
///
/// # Errors
/// A file that is none of ours.
pub fn prior_pins(out: &Path) -> Result<Option<Pins>, Failure> {
    match disk::read_text_in_if_there(out, pins::FILE, PINS)? {
        Some(text) => Pins::parse(&text).map(Some).map_err(Failure::one),
        None => Ok(None),
    }
}

/// Writes everything, with the exceptions that the user wants to have written, and says so in the summary. Where a package
/// is made less well than before and the user forbids that, nothing is written: the next run must see it again.
///
/// # Errors
/// A disk that refuses; all is then as it was before.
pub async fn finish(
    settings: &settings::Convert,
    git: &Git,
    pins: &Pins,
    emitted: Emitted,
    summary: &mut Summary,
) -> Result<(), Failure> {
    if settings.no_new_fallbacks && !summary.weakened.is_empty() {
        return Ok(());
    }
    let mut emitted = emitted;
    if settings.write_exceptions {
        emitted.appended = report::exceptions(&summary.unvetted, summary.day);
        summary.exceptions = emitted.appended.matches("[[exceptions]]\n").count();
    }
    let written = write(&settings.out, pins, emitted)?;
    let ignored = git.ignored(&settings.out, written.files.iter().map(String::as_str)).await;
    if !written.next.is_empty() {
        summary.next =
            before(&settings.out, &written.tracked, !ignored.is_empty()).chain(written.next).collect();
    }
    if let Some(first) = ignored.first() {
        summary.warnings.push(problem::convert::git_ignores(first, ignored.len()));
    }
    summary.written = written.names;
    Ok(())
}

/// Writes everything; what is the user's (`headwater.toml`, `flake.nix`, `guix.scm` and the files beside it) only where
/// there is none.
///
/// # Errors
/// A disk that refuses; all is then as it was before.
fn write(out: &Path, pins: &Pins, emitted: Emitted) -> Result<Written, Failure> {
    let Emitted { nix, guix, others, gone, appended } = emitted;
    let mut plan =
        Plan { out, files: BTreeMap::new(), names: Vec::new(), folders: Vec::new(), tracked: Vec::new() };
    let text = pins.to_text().map_err(anyhow::Error::from)?;
    let digest = hex::encode(Sha256::digest(&text));
    let nix_is_good = nix.is_none() && nix_files_are_of(out, pins);
    plan.own(pins::FILE, text)?;
    let template = include_str!("../../templates/headwater.toml");
    if appended.is_empty() {
        plan.users(policy::FILE, template.to_owned())?;
    } else {
        let there = disk::read_text_in_if_there(out, policy::FILE, PINS)?;
        let text = there.as_deref().unwrap_or(template).trim_end();
        plan.own(policy::FILE, with_exceptions(text, &appended).map_err(Failure::one)?)?;
    }
    for (path, text) in others {
        plan.own(&path, text)?;
    }
    let mut next = Vec::new();
    if let Some(nix) = nix {
        let is_ours = plan.users(self::nix::FLAKE, nix.flake)?;
        plan.folder(
            self::nix::FOLDER,
            nix.files
                .into_iter()
                .map(|(path, text)| (format!("{}/{path}", self::nix::FOLDER), text))
                .chain([(PINS_DIGEST.to_owned(), digest)]),
        )?;
        let refers_to_us = is_ours || text_of(out, self::nix::FLAKE).contains(self::nix::FOLDER);
        if nix.builds {
            next.extend(nix_commands(refers_to_us, nix.shell, nix.check));
        }
    } else if nix_is_good && text_of(out, PINS_DIGEST) != digest {
        plan.own(PINS_DIGEST, digest)?;
    }
    if let Some(Guix { files, folder, builds }) = guix {
        let prefix = format!("{folder}/");
        let (below, beside): (Files, Files) =
            files.into_iter().partition(|(path, _)| path.starts_with(&prefix));
        let mut all_ours = true;
        for (path, text) in beside {
            let refers_to_us = text_of(out, &path).contains(&folder_module(&folder));
            all_ours &= plan.users(&path, text)? || refers_to_us || path == guix::CHANNEL;
        }
        if let Some(file) = foreign(out, &folder)? {
            return Err(Failure::one(problem::guix::foreign(&file, &folder)));
        }
        plan.folder(&folder, below.into_iter())?;
        if builds {
            next.extend(guix_commands(all_ours, &folder));
        }
    }
    let Plan { files, names, folders, tracked, .. } = plan;
    disk::write(out, &files, &folders, &gone)?;
    let users = tracked.iter().filter(|name| !folders.iter().any(|folder| folder.as_str() == **name));
    let files = users.cloned().chain(files.keys().map(ToString::to_string)).collect::<BTreeSet<_>>();
    Ok(Written { names, tracked, files: files.into_iter().collect(), next })
}

/// Whether the files of Nix that an earlier run wrote are of pins from which the same is built as from these: this run may
/// have added to them what another language needs.
fn nix_files_are_of(out: &Path, pins: &Pins) -> bool {
    let before = text_of(out, pins::FILE);
    text_of(out, PINS_DIGEST) == hex::encode(Sha256::digest(&before))
        && Pins::parse(&before).is_ok_and(|before| before.builds_the_same(pins))
}

/// The user's policy with tables at its end. Where it has the list of exceptions as one value, TOML allows no table besides.
fn with_exceptions(policy: &str, tables: &str) -> Result<String, Problem> {
    let text = format!("{policy}\n\n{tables}");
    match foreign::toml::<toml::Table>(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(problem::policy::no_place(tables)),
    }
}

/// What is to be written, and what a person is told of it.
struct Plan<'a> {
    out: &'a Path,
    files: BTreeMap<Location, Output>,
    names: Vec<String>,
    /// Those that are replaced whole.
    folders: Vec<Location>,
    /// As in [`Written`].
    tracked: Vec<String>,
}

impl Plan<'_> {
    fn add(&mut self, name: &str, text: String) -> Result<(), Failure> {
        self.files.insert(location(name)?, Output::from(text));
        Ok(())
    }

    /// A file that every run writes.
    fn own(&mut self, name: &str, text: String) -> Result<(), Failure> {
        self.names.push(name.to_owned());
        self.tracked.push(name.to_owned());
        self.add(name, text)
    }

    /// A file that is the user's once it is there; whether it was written.
    fn users(&mut self, name: &str, text: String) -> Result<bool, Failure> {
        let is_new = !disk::is_there(&self.out.join(name));
        if is_new {
            self.own(name, text)?;
        } else {
            self.tracked.push(name.to_owned());
        }
        Ok(is_new)
    }

    /// A folder that is replaced whole.
    fn folder(&mut self, name: &str, files: impl Iterator<Item = (String, String)>) -> Result<(), Failure> {
        self.names.push(format!("{name}/"));
        self.tracked.push(name.to_owned());
        self.folders.push(location(name)?);
        self.add(&format!("{name}/{}", NOT_IGNORED.0), NOT_IGNORED.1.to_owned())?;
        files.into_iter().try_for_each(|(path, text)| self.add(&path, text))
    }
}

/// Whether a file of a project (its path relative to the output folder) is one that a conversion writes.
pub fn is_ours(project: &str, path: &str) -> bool {
    let modules = guix_folder(project);
    [pins::FILE, policy::FILE, nix::FLAKE, guix::CHANNEL, guix::PROJECT, guix::MANIFEST].contains(&path)
        || [nix::FOLDER, modules.as_str()]
            .iter()
            .any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}

/// The folder of a project's Guix modules.
pub fn guix_folder(project: &str) -> String {
    format!("{}/{}", guix::MODULES, guix::names::module(project))
}

/// The first file below a folder of Guix modules that no conversion has written: lists and patches lie in folders of
/// their own, and modules say at their head whose they are.
fn foreign(out: &Path, folder: &str) -> Result<Option<String>, Failure> {
    let data = [format!("{folder}/packages/files"), format!("{folder}/packages/patches")];
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        if disk::kind(&out.join(&folder)).is_none() {
            continue;
        }
        for name in disk::names(&out.join(&folder))? {
            let path = format!("{folder}/{name}");
            let is_link = disk::is_link(&out.join(&path));
            let is_folder = !is_link && disk::kind(&out.join(&path)) == Some(disk::Kind::Folder);
            if is_folder && !data.contains(&folder) {
                open.push(path);
            } else if is_link
                || is_folder
                || !(data.contains(&folder) || is_module(out, &path) || is_not_ignored(out, &name, &path))
            {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

fn is_not_ignored(out: &Path, name: &str, path: &str) -> bool {
    name == NOT_IGNORED.0 && text_of(out, path) == NOT_IGNORED.1
}

fn is_module(out: &Path, path: &str) -> bool {
    let text = text_of(out, path);
    path.ends_with(".scm")
        && text.lines().take_while(|line| line.starts_with(";;;")).any(|line| line.contains(guix::MARK))
}

fn location(name: &str) -> Result<Location, Failure> {
    Ok(Location::new(name).map_err(|why| anyhow::anyhow!("{name} {why}"))?)
}

fn text_of(out: &Path, name: &str) -> String {
    disk::read_text_in(out, name, PINS).unwrap_or_default()
}

/// How a file of the user's refers to the modules of `modules/NAME`.
fn folder_module(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or_default();
    format!("({name} ")
}

/// What comes before any build.
fn before(out: &Path, names: &[String], is_ignored: bool) -> impl Iterator<Item = String> {
    let mut first = Vec::new();
    let here = disk::current_folder().ok();
    if here.as_deref() != Some(out) {
        first.push(format!("cd {}", shell_quoted(&out.display().to_string())));
    }
    if is_in_git(out) {
        let force = if is_ignored { "-f " } else { "" };
        first.push(format!("git add {force}{}    # only tracked files are seen", names.join(" ")));
    }
    first.into_iter()
}

fn is_in_git(folder: &Path) -> bool {
    folder.ancestors().any(|folder| disk::is_there(&folder.join(".git")))
}

fn nix_commands(flake_refers_to_us: bool, shell: &str, check: &str) -> Vec<String> {
    if !flake_refers_to_us {
        return vec![format!("pkgs.callPackage ./{} {{ }}    # in your own flake.nix", nix::FOLDER)];
    }
    vec![
        "nix build         # the project, from these sources".to_owned(),
        format!("nix develop       # {shell}"),
        format!("nix flake check   # {check}"),
    ]
}

fn guix_commands(all_ours: bool, folder: &str) -> Vec<String> {
    if !all_ours {
        let module = folder_module(folder);
        return vec![format!("guix build -L {} -e '(@ {module}packages project) project)'", guix::MODULES)];
    }
    vec![
        format!("guix build -f {}      # the project, from these sources", guix::PROJECT),
        format!("guix shell -m {}  # a shell with its dependencies", guix::MANIFEST),
    ]
}

fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// What is to be told of an output folder that does not hold the project.
pub fn outside(out: &Path, folder: &Path) -> Option<Problem> {
    // A member of a workspace, whose lockfile lies above it in the same repository.
    let is_member = out.starts_with(folder) && is_in_git(folder);
    let away = !folder.starts_with(out) && !is_member;
    away.then(|| problem::convert::outside(&out.display().to_string(), &folder.display().to_string()))
}

/// From `out` up to a folder above it that holds the project (`../..`); empty where they are one, or it lies elsewhere.
pub fn up(out: &Path, folder: &Path) -> String {
    let below = out.strip_prefix(folder).map_or(0, |below| below.components().count());
    vec![".."; below].join("/")
}

/// From `within` in `out` to the project's folder: for `nix/headwater`, `/../..` where they lie together.
pub fn project_path(out: &Path, folder: &Path, within: &str) -> String {
    let common = out.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = out.components().skip(common).count() + within.split('/').count();
    let mut path = "/..".repeat(up);
    for part in folder.components().skip(common) {
        if let Component::Normal(name) = part {
            path.push('/');
            path.push_str(&name.to_string_lossy());
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_conversion_writes_is_known() {
        let ours = ["flake.nix", "nix/headwater/a.nix", "guix.scm", "modules/my-app/packages/python.scm"];
        assert!(ours.iter().all(|path| is_ours("My_App", path)));
        let others = ["modules/other/a.py", "nix/shell.nix", "src/guix.scm", "modules/my-app.py"];
        assert!(!others.iter().any(|path| is_ours("My_App", path)));
    }

    #[test]
    fn exceptions_are_appended_where_the_file_can_have_them() {
        let tables = "[[exceptions]]\npackage = \"a@1\"\n";
        let there = "[[exceptions]]\npackage = \"b\"";
        assert_eq!(with_exceptions(there, tables).unwrap(), format!("{there}\n\n{tables}"));
        let problem = with_exceptions("exceptions = [{ package = \"b\" }]", tables).unwrap_err();
        assert!(problem.hint.contains("package = \"a@1\""), "{problem}");
    }

    #[test]
    fn the_project_is_found_from_where_the_files_are() {
        let path = |out: &str, folder: &str| project_path(Path::new(out), Path::new(folder), nix::FOLDER);
        assert_eq!(path("/a/b", "/a/b"), "/../..");
        assert_eq!(path("/a/b", "/a/b/sub dir"), "/../../sub dir");
        assert_eq!(path("/a/out", "/a/b/c"), "/../../../b/c");
    }
}
