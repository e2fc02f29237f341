//! What a reader must know even of a proved package.

use super::correspondence::{Correspondence, Left};
use super::kinds::{is_binary_name, is_media};
use super::resolution::{Flag, FlagKind};
use crate::contents::{Contents, File, Looks};

/// The flags of the files; `None` where no commit was found to compare with.
pub(super) fn of_files(contents: &Contents, correspondence: Option<&Correspondence>) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut push = |kind, paths: Vec<String>, note: Option<&str>| {
        if !paths.is_empty() {
            flags.push(Flag { kind, paths, note: note.map(str::to_owned) });
        }
    };
    if let Some(found) = correspondence {
        push(FlagKind::Phantom, found.paths(Left::Phantom).cloned().collect(), None);
        let differs = |left: &Left| matches!(left, Left::Differs | Left::Harmless);
        let differing = found.left.iter().filter(|(_, left)| differs(left)).map(|(path, _)| path.clone());
        push(FlagKind::Differs, differing.collect(), None);
        push(FlagKind::CommittedOutput, found.committed_output.clone(), None);
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
        is_binary_name(&file.path) || file.looks == Some(Looks::Binary) && !is_media(&file.path)
    };
    contents.files.iter().filter(binary).map(|file| file.path.as_str())
}

/// The flag of manifest confusion, where there is any.
pub(super) fn of_confusion(found: &[String]) -> Option<Flag> {
    (!found.is_empty()).then(|| Flag {
        kind: FlagKind::ManifestConfusion,
        paths: vec!["package.json".to_owned()],
        note: Some(found.join(". ")),
    })
}
