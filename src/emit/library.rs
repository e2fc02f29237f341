//! The library that emitted files call: `nix/` of this project, copied beside them so that they stand alone.

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::Files;

static LIBRARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/nix");

/// The folders and files that are wanted, by path in the library, without its tests.
///
/// # Errors
/// A file that is no text: a defect of ours.
pub fn files(is_wanted: fn(&Path) -> bool) -> anyhow::Result<Files> {
    let mut files = Files::new();
    add(&LIBRARY, is_wanted, &mut files)?;
    Ok(files)
}

fn add(folder: &Dir<'_>, is_wanted: fn(&Path) -> bool, files: &mut Files) -> anyhow::Result<()> {
    for file in folder.files().filter(|file| is_wanted(file.path())) {
        let path = file.path().display().to_string();
        if path.rsplit('/').next().is_some_and(|name| name.starts_with("test")) {
            continue;
        }
        let text = file.contents_utf8().ok_or_else(|| anyhow::anyhow!("nix/{path} is not UTF-8"))?;
        files.insert(path, text.to_owned());
    }
    folder
        .dirs()
        .filter(|folder| is_wanted(folder.path()))
        .try_for_each(|folder| add(folder, is_wanted, files))
}
