//! Locations: the keys of `packages`, and paths of the project in `file:` and links.

use crate::graph::{Location, PackageName};
use crate::problem::{Problem, lockfile as problem};

/// Levels of `node_modules`; real trees stay below 20.
pub const MAX_DEPTH: usize = 64;
/// Bytes of a location, as on Linux (PATH_MAX).
pub const MAX_BYTES: usize = 4096;

const NODE_MODULES: &str = "node_modules";

/// Checks a key of `packages`: a place inside the project, and under each `node_modules` a package name.
pub fn key(file: &str, text: &str) -> Result<Location, Problem> {
    if text == ".." || text.starts_with("../") {
        return Err(problem::outside_project(file, text, text));
    }
    let location = Location::new(text).map_err(|why| problem::unsafe_location(file, text, &why.0))?;
    if location.is_root() && !text.is_empty() {
        return Err(problem::unsafe_location(file, text, "means the project itself, which is \"\""));
    }
    bounded(file, &location)?;
    names(file, &location)?;
    Ok(location)
}

/// Refuses a location that is too deep or too long.
pub fn bounded(file: &str, location: &Location) -> Result<(), Problem> {
    let text = location.as_str();
    if text.len() > MAX_BYTES {
        return Err(problem::unsafe_location(file, text, "is too long"));
    }
    if text.split('/').filter(|part| *part == NODE_MODULES).count() > MAX_DEPTH {
        let why = format!("is more than {MAX_DEPTH} levels deep");
        return Err(problem::unsafe_location(file, text, &why));
    }
    Ok(())
}

/// After the first `node_modules`, a location is made of package names and `node_modules` in turn; between them there
/// can be a path in the folder of the package, which one of its own dependencies is linked to.
fn names(file: &str, location: &Location) -> Result<(), Problem> {
    let text = location.as_str();
    let mut parts = text.split('/').skip_while(|part| *part != NODE_MODULES).peekable();
    while parts.next().is_some() {
        let mut name = parts.next().unwrap_or_default().to_owned();
        if name.starts_with('@')
            && let Some(base) = parts.next()
        {
            name = format!("{name}/{base}");
        }
        check_name(file, text, &name)?;
        while parts.next_if(|part| *part != NODE_MODULES).is_some() {}
    }
    Ok(())
}

/// A package name that may come from a lockfile. npm's old rules let quotes through; no package has ever
/// had two of them in a row, and emitted Nix would need it escaped.
pub fn check_name(file: &str, location: &str, text: &str) -> Result<PackageName, Problem> {
    match PackageName::new(text) {
        Ok(name) if !text.contains("''") => Ok(name),
        _ => Err(problem::invalid_name(file, location, text)),
    }
}

/// Why a path of the project was refused.
pub enum Path {
    Inside(Location),
    /// Absolute, of a home folder, or leading out by `..`.
    Outside,
    /// Holds what no path may hold.
    Unsafe(String),
}

/// A path relative to the project, `..` followed as far as it stays inside.
pub fn project_path(text: &str) -> Path {
    if text.starts_with('/') || text.starts_with('~') || text.get(1..2) == Some(":") {
        return Path::Outside;
    }
    let path = lexical(text);
    if path == ".." || path.starts_with("../") {
        return Path::Outside;
    }
    match Location::new(&path) {
        Ok(location) => Path::Inside(location),
        Err(why) => Path::Unsafe(why.0),
    }
}

/// A relative path by its text alone: `.` and `..` followed, as far as there is a folder to leave.
pub fn lexical(text: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
