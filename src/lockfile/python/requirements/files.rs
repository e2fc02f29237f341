//! The files of a requirements file: itself, and those that it includes.

use super::{Collected, Placed, line, lines, options};
use crate::graph::Location;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::sources;
use crate::problem::lockfile as problem;

/// Files in each other; real ones have two or three.
const MAX_DEPTH: usize = 32;
/// Files in all.
const MAX_FILES: usize = 500;

struct Walk<'w> {
    all: &'w mut Collected,
    files: usize,
    lines: usize,
}

pub fn collect(reading: &mut Reading<'_>, all: &mut Collected) {
    let mut walk = Walk { all, files: 0, lines: 0 };
    let (file, text) = (reading.file.to_owned(), reading.text.to_owned());
    walk.file(reading, &[file], &text, false);
}

impl Walk<'_> {
    /// `stack`: the file, after those that it is included from.
    fn file(&mut self, reading: &mut Reading<'_>, stack: &[String], text: &str, constraint: bool) {
        let Some(file) = stack.last() else { return };
        self.files += 1;
        for (number, text) in lines::logical(text) {
            self.lines += 1;
            if !reading.bounded(self.lines) {
                return;
            }
            let at = At { file, line: number, package: "" };
            let Some(text) = expanded(reading, at, &text) else { continue };
            match options::line(reading, at, &text, &mut self.all.settings) {
                options::Read::Done => {}
                options::Read::Include { path, constraint: as_constraint } => {
                    self.include(reading, stack, at, &path, constraint || as_constraint);
                }
                options::Read::Requirement { text, editable, options } => {
                    let read = line::read(reading, at, &text, editable, &options);
                    let placed = read.map(|what| Placed { file: file.clone(), line: number, what });
                    let list =
                        if constraint { &mut self.all.constraints } else { &mut self.all.requirements };
                    list.extend(placed);
                }
            }
        }
    }

    fn include(
        &mut self,
        reading: &mut Reading<'_>,
        stack: &[String],
        at: At<'_>,
        path: &str,
        constraint: bool,
    ) {
        let inputs = reading.inputs;
        let mut bad = |why: &str| reading.add(problem::bad_include(at.place(), path, why));
        if path.contains("://") {
            return bad("is an address; only files of the project are read");
        }
        let whole =
            if path.starts_with(['/', '~']) { path.to_owned() } else { sources::beside(at.file, path) };
        let location: Location = match keys::project_path(&whole) {
            Path::Inside(location) => location,
            Path::Outside => return bad("is outside the project's folder"),
            Path::Unsafe(why) => return bad(&why),
        };
        if stack.iter().any(|file| Location::new(file).is_ok_and(|file| file == location)) {
            return bad("includes this one in turn");
        }
        if stack.len() >= MAX_DEPTH || self.files >= MAX_FILES {
            return bad(&format!("is one too many: {MAX_DEPTH} in each other, {MAX_FILES} in all"));
        }
        let Some(text) = (inputs.file)(&location) else { return bad("is not there") };
        let mut stack = stack.to_vec();
        stack.push(location.as_str().to_owned());
        self.file(reading, &stack, text.trim_start_matches('\u{feff}'), constraint);
    }
}

/// `${NAME}` in capitals, digits and `_` is a variable of the environment.
fn expanded(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<String> {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("${") {
        let (before, after) = (&rest[..start], &rest[start + 2..]);
        let name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = after.find(|c: char| !name(c)).filter(|end| *end > 0 && after[*end..].starts_with('}'));
        whole.push_str(before);
        match end {
            Some(end) => {
                let variable = &after[..end];
                let Some(value) = (reading.inputs.variable)(variable) else {
                    reading.add(problem::unset_variable(at.place(), variable));
                    return None;
                };
                whole.push_str(&value);
                rest = &after[end + 1..];
            }
            None => {
                whole.push_str("${");
                rest = after;
            }
        }
    }
    whole.push_str(rest);
    Some(whole)
}
