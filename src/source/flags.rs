//! What a reader must know even of a proved package.

use super::candidate::Kept;
use super::correspondence::{Correspondence, Left};
use super::kinds::{is_binary_name, is_media};
use super::npm::loads::Loads;
use super::resolution::{Flag, FlagKind};
use crate::contents::{Contents, File, Looks};

/// All of an artifact's files, of the place of the commit, and of what is installed beside them.
pub(super) fn of(contents: Option<&Contents>, loads: Option<&Loads>, kept: Option<&Kept>) -> Vec<Flag> {
    let files = |contents| of_files(contents, kept.map(|kept| &kept.correspondence), loads);
    let mut flags = contents.map(files).unwrap_or_default();
    flags.extend(kept.and_then(of_place));
    flags.extend(kept.map(|kept| kept.extra.flags()).unwrap_or_default());
    flags
}

/// The flags of the files; `None` where no commit was found to compare with. What the package's entry points load
/// comes first.
pub(super) fn of_files(
    contents: &Contents,
    correspondence: Option<&Correspondence>,
    loads: Option<&Loads>,
) -> Vec<Flag> {
    let mut flags = Vec::new();
    let is_loaded = |path: &String| loads.is_some_and(|loads| loads.is_loaded(path));
    let mut push = |kind, mut paths: Vec<String>, note: Option<&str>| {
        if !paths.is_empty() {
            paths.sort_by_cached_key(|path| (!is_loaded(path), path.clone()));
            let loaded = paths.iter().filter(|path| is_loaded(path)).count();
            let first = match loaded {
                0 => None,
                1 => Some("the first is loaded by what package.json names".to_owned()),
                some => Some(format!("the first {some} are loaded by what package.json names")),
            };
            flags.push(Flag { kind, paths, note: note.map(str::to_owned).or(first) });
        }
    };
    if let Some(found) = correspondence {
        push(FlagKind::Phantom, found.paths(Left::Phantom).cloned().collect(), None);
        let differs = |left: &Left| matches!(left, Left::Differs | Left::Harmless);
        let differing = found.left.iter().filter(|(_, left)| differs(left)).map(|(path, _)| path.clone());
        push(FlagKind::Differs, differing.collect(), None);
        let made = found.committed_output.iter().chain(&found.machine_made);
        push(FlagKind::CommittedOutput, made.cloned().collect(), None);
        push(FlagKind::Crlf, found.paths(Left::Crlf).cloned().collect(), None);
    }
    push(FlagKind::Binary, binaries(contents).map(str::to_owned).collect(), None);
    let hard: Vec<String> =
        contents.dropped.iter().filter(|link| link.hard).map(|link| link.path.clone()).collect();
    push(FlagKind::Phantom, hard, Some("hard links, which some unpackers turn into files"));
    flags
}

/// Files that a machine runs and nobody reads.
pub fn binaries(contents: &Contents) -> impl Iterator<Item = &str> {
    let binary = |file: &&File| {
        is_binary_name(&file.path)
            || file.looks == Some(Looks::Compiled)
            || file.looks == Some(Looks::Binary) && !is_media(&file.path)
    };
    contents.files.iter().filter(binary).map(|file| file.path.as_str())
}

/// The flag of a package in a folder that releases nothing.
pub(super) fn of_place(kept: &Kept) -> Option<Flag> {
    let aside = kept.extra.aside.as_ref()?;
    let note = format!(
        "{aside} holds material of tests, examples or others' code, and no workspace is listed there"
    );
    Some(Flag { kind: FlagKind::Aside, paths: vec![kept.packed.clone()], note: Some(note) })
}

/// The flag of manifest confusion, where there is any.
pub(super) fn of_confusion(found: &[String]) -> Option<Flag> {
    (!found.is_empty()).then(|| Flag {
        kind: FlagKind::ManifestConfusion,
        paths: vec!["package.json".to_owned()],
        note: Some(found.join(". ")),
    })
}
