//! The files of a conversion: all of them or none.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::Failure;
use crate::emit::Files;
use crate::emit::nix;
use crate::graph::Location;
use crate::pins::{self, Pins};
use crate::policy;
use crate::problem::{Problem, convert as problem};
use crate::world::disk::{self, Output};

/// The largest `headwater.lock` that is read, in bytes.
const PINS: u64 = 256 << 20;

/// What was written, and what to do with it.
pub struct Written {
    pub names: Vec<String>,
    pub next: Vec<String>,
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

/// What an earlier run found.
///
/// # Errors
/// A file that is none of ours.
pub fn prior_pins(out: &Path) -> Result<Option<Pins>, Failure> {
    match disk::read_text_if_there(&out.join(pins::FILE), PINS)? {
        Some(text) => Pins::parse(&text).map(Some).map_err(Failure::one),
        None => Ok(None),
    }
}

/// Writes everything; `headwater.toml` and `flake.nix` only where there are none. Of `others` each lies in the output
/// folder itself; files of `gone` are removed.
///
/// # Errors
/// A template that gives no Nix, or a disk that refuses; all is then as it was before.
pub fn write(
    out: &Path,
    pins: &Pins,
    nix: Option<Nix>,
    (others, gone): (Files, &[Location]),
) -> Result<Written, Failure> {
    let mut files = BTreeMap::new();
    let mut names = Vec::new();
    let mut add = |name: &str, text: String| -> Result<(), Failure> {
        let location = Location::new(name).map_err(|why| anyhow::anyhow!("{name} {why}"))?;
        files.insert(location, Output::from(text));
        Ok(())
    };
    add(pins::FILE, pins.to_text().map_err(anyhow::Error::from)?)?;
    names.push(pins::FILE.to_owned());
    if !disk::is_there(&out.join(policy::FILE)) {
        add(policy::FILE, include_str!("../../templates/headwater.toml").to_owned())?;
        names.push(policy::FILE.to_owned());
    }
    for (path, text) in others {
        add(&path, text)?;
        names.push(path);
    }
    let mut commands = None;
    let mut flake_is_ours = false;
    if let Some(Nix { files: generated, flake, shell, check, builds }) = nix {
        commands = Some((shell, check, builds));
        flake_is_ours = !disk::is_there(&out.join(self::nix::FLAKE));
        if flake_is_ours {
            add(self::nix::FLAKE, flake)?;
            names.push(self::nix::FLAKE.to_owned());
        }
        names.push(format!("{}/", self::nix::FOLDER));
        for (path, text) in generated {
            add(&format!("{}/{path}", self::nix::FOLDER), text)?;
        }
    }
    let folder = Location::new(self::nix::FOLDER).map_err(|why| anyhow::anyhow!("{why}"))?;
    disk::write(out, &files, &[folder], gone)?;
    let Some(commands) = commands else { return Ok(Written { names, next: Vec::new() }) };
    let refers_to_us = flake_is_ours || flake_text(out).contains(self::nix::FOLDER);
    Ok(Written { next: next(out, refers_to_us, commands), names })
}

fn flake_text(out: &Path) -> String {
    disk::read_text(&out.join(nix::FLAKE), PINS).unwrap_or_default()
}

fn next(out: &Path, flake_refers_to_us: bool, (shell, check, builds): (&str, &str, bool)) -> Vec<String> {
    let mut next = Vec::new();
    let here = disk::current_folder().ok();
    if here.as_deref() != Some(out) {
        next.push(format!("cd {}", shell_quoted(&out.display().to_string())));
    }
    if out.ancestors().any(|folder| disk::is_there(&folder.join(".git"))) {
        // All of them: those of an earlier run may still be untracked.
        let names = [pins::FILE, policy::FILE, nix::FLAKE, nix::FOLDER].join(" ");
        next.push(format!("git add {names}    # a flake sees only tracked files"));
    }
    if !builds {
        return next;
    }
    if flake_refers_to_us {
        next.push("nix build         # the project, from these sources".to_owned());
        next.push(format!("nix develop       # {shell}"));
        next.push(format!("nix flake check   # {check}"));
    } else {
        next.push(format!("pkgs.callPackage ./{} {{ }}    # in your own flake.nix", nix::FOLDER));
    }
    next
}

fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// What is to be told of an output folder that does not hold the project.
pub fn outside(out: &Path, folder: &Path) -> Option<Problem> {
    let away = !folder.starts_with(out);
    away.then(|| problem::outside(&out.display().to_string(), &folder.display().to_string()))
}

/// From `nix/headwater` in `out` to the project's folder: `/../..` where they lie together.
pub fn project_path(out: &Path, folder: &Path) -> String {
    let common = out.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = out.components().skip(common).count() + nix::FOLDER.split('/').count();
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
    fn the_project_is_found_from_where_the_files_are() {
        let path = |out: &str, folder: &str| project_path(Path::new(out), Path::new(folder));
        assert_eq!(path("/a/b", "/a/b"), "/../..");
        assert_eq!(path("/a/b", "/a/b/sub dir"), "/../../sub dir");
        assert_eq!(path("/a/out", "/a/b/c"), "/../../../b/c");
    }
}
