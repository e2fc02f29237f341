//! The wheel of a release: whatever it installs that nobody can have built from the source.

mod needs;
mod place;
mod points;
mod said;
mod sources;
mod written;

use super::Wheel;
use super::data;
use super::kinds::{is_document, is_litter, is_machine_made, is_run, is_version_name};
use crate::contents::{Contents, File, Looks};
use crate::source::kinds::{extension, is_source_like};
use crate::source::output::under;
use crate::source::repository::Tree;
pub(in crate::source) use needs::Needs;
use place::{Place, place};
pub(super) use place::{is_metadata, own_folder};
pub(super) use points::undeclared;
pub(in crate::source) use said::{undeclared_cap, undeclared_flag};
use sources::{Sources, ends_with};
pub(super) use written::Written;

/// The files of a wheel, counted, and those that the source does not explain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Installed {
    /// The wheel, as it is called.
    pub(in crate::source) wheel: String,
    /// Its name.
    pub(in crate::source) file: String,
    pub(in crate::source) matched: usize,
    pub(in crate::source) total: usize,
    /// In neither the commit nor the sdist.
    pub(in crate::source) phantom: Vec<String>,
    /// Named as what is generated from a file of the source. What is in them, nobody compared.
    pub(in crate::source) made: Vec<String>,
    /// In the commit or the sdist with these bytes, but where no build file says that they are taken from: each with one
    /// of the places.
    pub(in crate::source) elsewhere: Vec<(String, String)>,
    /// Those that a tool wrote, of what the commit has and the sdist has not.
    pub(in crate::source) machine_made: Vec<String>,
    /// Made by a compiler, for the platform of the wheel.
    pub(in crate::source) compiled: Vec<String>,
}

/// What a wheel is compared with.
pub(super) struct Source<'a> {
    pub(super) sdist: Option<&'a Contents>,
    pub(super) tree: &'a Tree,
    /// The project's, in the tree.
    pub(super) folder: &'a str,
    pub(super) written: &'a Written,
    pub(super) version: &'a str,
    /// Where the commit's build files say that the version is written to.
    pub(super) version_files: &'a [String],
    /// Programs of the wheel that are the source's but for their first line, which installers write anew.
    pub(super) programs: &'a [String],
}

/// Compares all that a wheel installs.
pub(super) fn compare(wheel: &Wheel<'_>, source: &Source<'_>) -> Installed {
    let Wheel { contents: wheel, is_bound, .. } = *wheel;
    let sources = Sources::of(source);
    let own = own_folder(wheel);
    let files: Vec<(&File, Place<'_>)> = wheel
        .files
        .iter()
        .filter(|file| !is_metadata(&file.path, own))
        .map(|file| (file, place(&file.path)))
        .collect();
    let layout = sources.layout(&files);
    let mut found = Installed::default();
    for (file, place) in &files {
        let path = file.path.as_str();
        let says_version = || {
            let is_named = |named: &String| ends_with(named, path);
            let is_version_file = is_version_name(path) || source.version_files.iter().any(is_named);
            let text = wheel.texts.get(path).filter(|_| is_version_file);
            text.is_some_and(|text| data::is_version(path, text, source.version))
        };
        let is_held = file.size == 0
            || sources.hold(file, *place, &layout)
            || source.programs.iter().any(|program| program == path);
        // Whatever is among the programs is one.
        let is_inert = !is_program(path);
        let is_harmless = || is_inert && (is_document(file) || is_litter(path) || says_version());
        found.total += 1;
        // A licence is copied from wherever it lies, and nothing runs what lies in the folder of metadata.
        let may_be_anywhere = is_inert && is_document(file)
            || !is_run(path) && own.is_some_and(|own| under(path, own).is_some());
        if is_held || may_be_anywhere && sources.anywhere(file).is_some() {
            found.matched += 1;
            if is_machine_made(file) && !sources.sdist_has(file) {
                found.machine_made.push(path.to_owned());
            }
        } else if is_bound && file.looks == Some(Looks::Compiled) && may_be_compiled(path) {
            found.compiled.push(path.to_owned());
        } else if is_harmless() {
            // No claim is made of it.
        } else if let Some(at) = sources.anywhere(file) {
            found.elsewhere.push((path.to_owned(), at.to_owned()));
        } else if sources.make(path) {
            found.made.push(path.to_owned());
        } else {
            found.phantom.push(path.to_owned());
        }
    }
    found
}

/// Whether a compiler may have made a file for a project's own use: Python reads others as text, whatever bytes they begin
/// with, and loads some whenever it starts.
fn may_be_compiled(path: &str) -> bool {
    let (Place::Module(at) | Place::Script(at) | Place::Data(at)) = place(path);
    let at_start = |part: &str| {
        let stem = part.split('.').next().unwrap_or_default();
        matches!(stem, "sitecustomize" | "usercustomize")
    };
    let is_text = matches!(extension(path).as_str(), "pth" | "egg-link")
        || is_source_like(path) && !extension(path).is_empty();
    !is_text && !at.split('/').any(at_start)
}

/// Whether a wheel's file is installed as a program, whatever it is called.
pub(super) fn is_program(path: &str) -> bool {
    matches!(place(path), Place::Script(_))
}

/// Programs of a wheel whose first line installers write anew ("#!python"), by path, each with the places in the tree
/// where it may come from.
pub(super) fn programs<'a>(wheel: &'a Contents, source: &Source<'a>) -> Vec<(&'a str, Vec<&'a str>)> {
    let named = |file: &'a File| match place(&file.path) {
        Place::Script(name) => wheel.texts.contains_key(&file.path).then_some((file.path.as_str(), name)),
        _ => None,
    };
    let scripts = wheel.files.iter().filter_map(named);
    scripts.map(|(path, name)| (path, sources::programs(source, name))).collect()
}

/// Whether two programs of Python are the same but for how their first line names the interpreter: the one that is
/// installed by the word that installers put theirs in the place of, with the arguments that the source has or none.
pub(super) fn is_same_program(installed: &str, source: &str) -> bool {
    fn parts(text: &str) -> Option<(&str, String)> {
        // What stands for bytes that are no text could be any.
        if text.contains('\u{fffd}') {
            return None;
        }
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        Some((first.strip_prefix("#!")?.trim(), rest.replace("\r\n", "\n")))
    }
    let (Some((word, own)), Some((command, theirs))) = (parts(installed), parts(source)) else {
        return false;
    };
    let placeholder = ["pythonw", "python"].into_iter().find_map(|name| word.strip_prefix(name));
    // The last word with the name in it, and what stands behind it: `/usr/bin/env python3 -E`.
    let arguments = command.rfind("python").map(|at| {
        command[at..].split_once(char::is_whitespace).map_or("", |(_, arguments)| arguments.trim())
    });
    let fits = placeholder.zip(arguments).is_some_and(|(given, arguments)| {
        given.is_empty() || given.starts_with(char::is_whitespace) && given.trim() == arguments
    });
    fits && own == theirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_the_same_but_for_its_first_line() {
        assert!(is_same_program("#!python\nrun()\n", "#!/usr/bin/env python3\nrun()\n"));
        assert!(is_same_program("#!python\nrun()\n", "#! /usr/bin/python -E\r\nrun()\r\n"));
        assert!(is_same_program("#!python -E\nrun()\n", "#!/usr/bin/env python3 -E\nrun()\n"));
        assert!(is_same_program("#!pythonw\nrun()\n", "#!/usr/bin/pythonw\nrun()\n"));
        for (installed, source) in [
            ("#!python\nevil()\n", "#!/usr/bin/env python3\nrun()\n"),
            ("#!/bin/sh\nrun()\n", "#!/usr/bin/env python3\nrun()\n"),
            ("run()\n", "run()\n"),
            ("#!/usr/bin/env python3\nrun()\n", "#!/usr/bin/python3\nrun()\n"),
            ("#!python -c evil\nrun()\n", "#!/usr/bin/python -E\nrun()\n"),
            ("#!python3\nrun()\n", "#!/usr/bin/python3\nrun()\n"),
        ] {
            assert!(!is_same_program(installed, source), "{installed:?}");
        }
    }
}
