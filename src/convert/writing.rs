//! The files of a conversion: all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::emit::model::Project;
use crate::emit::{Emitted, Files, Folder, Language, Next, Once};
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

/// In a folder that is replaced whole: git sees what is in it, whatever the project's rules ignore (`lib/`, `build/`).
const NOT_IGNORED: (&str, &str) = (".gitignore", "!*\n");

/// Finishes what an earlier run began to write before it was killed; whether there was anything.
///
/// # Errors
/// A disk that refuses.
pub fn recover(folder: &Path) -> Result<bool, Failure> {
    let always = [pins::FILE, policy::FILE, RESOLVED];
    let emitted = |path: &str| Language::ALL.iter().any(|language| language.emitter().writes(path, None));
    let ours = |path: &Location| always.contains(&path.as_str()) || emitted(path.as_str());
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
    project: &Project<'_>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    if settings.no_new_fallbacks && !summary.weakened.is_empty() {
        return Ok(());
    }
    let mut appended = String::new();
    if settings.write_exceptions {
        appended = report::exceptions(&summary.unvetted, summary.day);
        summary.exceptions = appended.matches("[[exceptions]]\n").count();
    }
    let emitted = emitted(settings, pins, project)?;
    summary.warnings.extend(emitted.iter().flat_map(|emitted| emitted.warnings.iter().cloned()));
    let written = write(&settings.out, pins, emitted, &appended)?;
    let ignored = git.ignored(&settings.out, written.files.iter().map(String::as_str)).await;
    if !written.next.is_empty() {
        let own = own_files(&git.untracked(&settings.out).await, &written.tracked);
        let add = git_add(&written.tracked, &own, !ignored.is_empty());
        summary.next = before(&settings.out, add).chain(written.next).collect();
    }
    if let Some(first) = ignored.first() {
        summary.warnings.push(problem::convert::git_ignores(first, ignored.len()));
    }
    summary.written = written.names;
    Ok(())
}

/// The files of every language that is wanted, and those of others that follow from the pins alone.
fn emitted(
    settings: &settings::Convert,
    pins: &Pins,
    project: &Project<'_>,
) -> Result<Vec<Emitted>, Failure> {
    let text = |path: &str| disk::read_text_in(&settings.out, path, PINS).ok();
    let before = text(pins::FILE).and_then(|text| Pins::parse(&text).ok());
    let mut all = Vec::new();
    for language in Language::ALL {
        let emitter = language.emitter();
        if settings.to.contains(&language) {
            for part in &project.parts {
                all.push(emitter.emit(part, pins)?);
            }
        } else if let Some(before) = &before {
            all.push(Emitted { own: emitter.carried(before, pins, &text), ..Emitted::default() });
        }
    }
    Ok(all)
}

/// Writes everything; what is the user's (`headwater.toml`, `flake.nix`, `guix.scm` and the files beside it) only where
/// there is none.
///
/// # Errors
/// A disk that refuses; all is then as it was before.
fn write(out: &Path, pins: &Pins, emitted: Vec<Emitted>, appended: &str) -> Result<Written, Failure> {
    let mut plan = Plan::new(out);
    plan.own(pins::FILE, pins.to_text().map_err(anyhow::Error::from)?)?;
    let template = include_str!("../../templates/headwater.toml");
    if appended.is_empty() {
        plan.users(policy::FILE, template.to_owned())?;
    } else {
        let there = disk::read_text_in_if_there(out, policy::FILE, PINS)?;
        let text = there.as_deref().unwrap_or(template).trim_end();
        plan.own(policy::FILE, with_exceptions(text, appended).map_err(Failure::one)?)?;
    }
    for one in emitted {
        plan.emitted(one)?;
    }
    let Plan { files, names, folders, tracked, gone, next, .. } = plan;
    disk::write(out, &files, &folders, &gone)?;
    let users = tracked.iter().filter(|name| !folders.iter().any(|folder| folder.as_str() == **name));
    let files = users.cloned().chain(files.keys().map(ToString::to_string)).collect::<BTreeSet<_>>();
    Ok(Written { names, tracked, files: files.into_iter().collect(), next })
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
    gone: Vec<Location>,
    next: Vec<String>,
}

impl<'a> Plan<'a> {
    fn new(out: &'a Path) -> Self {
        Self {
            out,
            files: BTreeMap::new(),
            names: Vec::new(),
            folders: Vec::new(),
            tracked: Vec::new(),
            gone: Vec::new(),
            next: Vec::new(),
        }
    }

    /// The files of one language.
    fn emitted(&mut self, emitted: Emitted) -> Result<(), Failure> {
        for (path, text) in emitted.own {
            self.own(&path, text)?;
        }
        let mut all_ours = true;
        for Once { path, text, mention } in emitted.once {
            let mentions = mention.is_none_or(|mention| text_of(self.out, &path).contains(&mention));
            all_ours &= self.users(&path, text)? || mentions;
        }
        if let Some(Folder { path, files, foreign }) = emitted.folder {
            if let Some(foreign) = foreign
                && let Some(file) = foreign_file(self.out, &path, foreign.wrote)?
            {
                return Err(Failure::one((foreign.problem)(&file, &path)));
            }
            self.folder(&path, files)?;
        }
        self.gone.extend(emitted.gone);
        let Next { with_ours, with_theirs } = emitted.next;
        self.next.extend(if all_ours { with_ours } else { with_theirs });
        Ok(())
    }

    fn add(&mut self, name: &str, text: String) -> Result<(), Failure> {
        match self.files.insert(location(name)?, Output::from(text)) {
            None => Ok(()),
            Some(_) => Err(anyhow::anyhow!("two parts of the project write {name}").into()),
        }
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
    fn folder(&mut self, name: &str, files: Files) -> Result<(), Failure> {
        self.names.push(format!("{name}/"));
        self.tracked.push(name.to_owned());
        self.folders.push(location(name)?);
        self.add(&format!("{name}/{}", NOT_IGNORED.0), NOT_IGNORED.1.to_owned())?;
        files.into_iter().try_for_each(|(path, text)| self.add(&format!("{name}/{path}"), text))
    }
}

/// Whether a file (its path relative to the output folder) is one that a conversion of this project writes.
pub fn is_ours(path: &str, project: &str) -> bool {
    let emitted = |language: &Language| language.emitter().writes(path, Some(project));
    [pins::FILE, policy::FILE].contains(&path) || Language::ALL.iter().any(emitted)
}

/// The first file below a folder that no conversion has written.
fn foreign_file(out: &Path, folder: &str, wrote: fn(&str, &str) -> bool) -> Result<Option<String>, Failure> {
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        if disk::kind(&out.join(&current)).is_none() {
            continue;
        }
        for name in disk::names(&out.join(&current))? {
            let path = format!("{current}/{name}");
            let is_link = disk::is_link(&out.join(&path));
            if !is_link && disk::kind(&out.join(&path)) == Some(disk::Kind::Folder) {
                open.push(path);
                continue;
            }
            let text = text_of(out, &path);
            let below = path.strip_prefix(folder).unwrap_or_default().trim_start_matches('/');
            let is_not_ignored = name == NOT_IGNORED.0 && text == NOT_IGNORED.1;
            if is_link || !(is_not_ignored || wrote(below, &text)) {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

fn location(name: &str) -> Result<Location, Failure> {
    Ok(Location::new(name).map_err(|why| anyhow::anyhow!("{name} {why}"))?)
}

fn text_of(out: &Path, name: &str) -> String {
    disk::read_text_in(out, name, PINS).unwrap_or_default()
}

/// The most files of the user's own that are named.
const NAMED: usize = 8;

/// What else of the output folder git does not track: without it, a flake does not have the project. What package managers
/// and builds leave behind is none of it, nor hidden files, which may hold secrets.
fn own_files(untracked: &[String], ours: &[String]) -> Vec<String> {
    let left_behind = ["node_modules/", "venv/", "result"];
    let is_own = |path: &&String| {
        let is_ours =
            ours.iter().any(|own| path.trim_end_matches('/') == own || own.starts_with(path.as_str()));
        !is_ours && !path.starts_with('.') && !left_behind.contains(&path.as_str())
    };
    untracked.iter().filter(is_own).map(|path| shell_quoted(path)).collect()
}

/// The command that has git track what is written, and few files of the user's; of many it only says that they are there.
fn git_add(ours: &[String], own: &[String], is_ignored: bool) -> String {
    let force = if is_ignored { "-f " } else { "" };
    let (named, why) = match own.len() {
        count if count > NAMED => (&[][..], format!("; {count} files and folders of yours are not tracked")),
        _ => (own, String::new()),
    };
    let all: Vec<&str> = ours.iter().chain(named).map(String::as_str).collect();
    format!("git add {force}{}    # only tracked files are seen{why}", all.join(" "))
}

/// What comes before any build.
fn before(out: &Path, git_add: String) -> impl Iterator<Item = String> {
    let mut first = Vec::new();
    let here = disk::current_folder().ok();
    if here.as_deref() != Some(out) {
        first.push(format!("cd {}", shell_quoted(&out.display().to_string())));
    }
    if is_in_git(out) {
        first.push(git_add);
    }
    first.into_iter()
}

fn is_in_git(folder: &Path) -> bool {
    folder.ancestors().any(|folder| disk::is_there(&folder.join(".git")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_conversion_writes_is_known() {
        let ours = ["flake.nix", "nix/headwater/a.nix", "guix.scm", "modules/my-app/packages/python.scm"];
        assert!(ours.iter().all(|path| is_ours(path, "My_App")));
        let others = ["modules/other/a.py", "nix/shell.nix", "src/guix.scm", "modules/my-app.py"];
        assert!(!others.iter().any(|path| is_ours(path, "My_App")));
    }

    #[test]
    fn the_users_own_files_are_named_where_git_does_not_track_them() {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let ours = texts(&["headwater.lock", "nix/headwater"]);
        let untracked =
            texts(&["a b.js", "headwater.lock", "nix/", "node_modules/", "result", ".env", "src/", "nix.js"]);
        let own = own_files(&untracked, &ours);
        assert_eq!(own, ["'a b.js'", "src/", "nix.js"]);
        assert_eq!(
            git_add(&ours, &own, true),
            "git add -f headwater.lock nix/headwater 'a b.js' src/ nix.js    # only tracked files are seen"
        );
        let many = vec!["a".to_owned(); NAMED + 1];
        assert_eq!(
            git_add(&ours, &many, false),
            "git add headwater.lock nix/headwater    # only tracked files are seen; 9 files and folders of yours are not tracked"
        );
    }

    #[test]
    fn exceptions_are_appended_where_the_file_can_have_them() {
        let tables = "[[exceptions]]\npackage = \"a@1\"\n";
        let there = "[[exceptions]]\npackage = \"b\"";
        assert_eq!(with_exceptions(there, tables).unwrap(), format!("{there}\n\n{tables}"));
        let problem = with_exceptions("exceptions = [{ package = \"b\" }]", tables).unwrap_err();
        assert!(problem.hint.contains("package = \"a@1\""), "{problem}");
    }
}
