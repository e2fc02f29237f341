//! Where a line of text names a path in a submodule.

use std::collections::BTreeSet;

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The package's folder, `""` for the root.
    pub(super) folder: &'a str,
    /// The text's own path.
    pub(super) file: &'a str,
    /// The commit's own files.
    pub(super) paths: &'a BTreeSet<String>,
}

/// Folders that a build tool looks in without being told.
const IMPLIED: [(&str, &str); 1] = [("meson.build", "subprojects")];
/// Characters of a path that are shown.
const SHOWN: usize = 80;

impl Place<'_> {
    fn file_folder(&self) -> &str {
        self.file.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The folders that a relative path may begin in.
    fn bases(&self) -> Vec<String> {
        let mut all = vec![self.file_folder().to_owned(), self.folder.to_owned(), String::new()];
        let base = self.file.rsplit('/').next().unwrap_or(self.file);
        let implied = IMPLIED.iter().filter(|(name, _)| *name == base);
        all.extend(implied.map(|(_, folder)| super::joined(self.file_folder(), folder)));
        all
    }

    /// Whether the commit itself has this file, or files below this folder.
    fn has(&self, path: &str) -> bool {
        let below = format!("{path}/");
        self.paths.contains(path)
            || self.paths.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
    }
}

/// The path in the submodule that a line names, as it is written there. `is_path` says that the line is known to be of
/// paths: else a name without a slash may be that of anything.
pub(super) fn named(line: &str, place: &Place<'_>, submodule: &str, is_path: bool) -> Option<String> {
    let starts = std::iter::once(0).chain(submodule.match_indices('/').map(|(at, _)| at + 1));
    starts.into_iter().find_map(|start| {
        let (above, written) = (submodule[..start].trim_end_matches('/'), &submodule[start..]);
        line.match_indices(written).find_map(|(at, _)| {
            let rest = &line[at + written.len()..];
            let is_below = is_folder_end(rest)?;
            let begin = begin(&line[..at])?;
            if !is_below && !is_path && !written.contains('/') {
                return None;
            }
            let is_meant = place.bases().iter().any(|base| climbed(base, begin.ups) == Some(above));
            let shown = shown(written, rest);
            // A path from the file's own folder to the commit's own files is none of the submodule.
            let own = climbed(place.file_folder(), begin.ups).map(|base| super::joined(base, &shown));
            let is_own = own.is_some_and(|own| !inside(&own, submodule) && place.has(&own));
            (is_meant && !is_own).then_some(shown)
        })
    })
}

fn inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether something follows in the folder whose name has just ended; `None` if the name goes on.
fn is_folder_end(rest: &str) -> Option<bool> {
    let mut following = rest.chars();
    match following.next() {
        Some('/' | '\\') => Some(following.next().is_some_and(is_of_name)),
        Some('.') => (!following.next().is_some_and(|c| c.is_alphanumeric())).then_some(false),
        Some(c) if is_of_name(c) => None,
        _ => Some(false),
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '@' | '*' | '.')
}

/// What stands before a name.
struct Begin {
    /// How many folders up it leads.
    ups: usize,
}

/// `None` if the name is the end of another path, or of another name.
fn begin(before: &str) -> Option<Begin> {
    let (mut rest, mut ups) = (before, 0);
    loop {
        if let Some(shorter) = rest.strip_suffix("../") {
            (rest, ups) = (shorter, ups + 1);
        } else if let Some(shorter) = rest.strip_suffix("./") {
            rest = shorter;
        } else {
            break;
        }
    }
    let is_begin = match rest.chars().next_back() {
        // What a variable holds is a folder: which one cannot be told.
        Some('/') => rest[..rest.len() - 1].ends_with(['}', ')', '>']),
        Some(c) => !is_of_name(c) || is_option(rest),
        None => true,
    };
    is_begin.then_some(Begin { ups })
}

/// `-Ifolder`, `-Lfolder`.
fn is_option(before: &str) -> bool {
    before.ends_with("-I") || before.ends_with("-L")
}

/// A folder so many folders up.
fn climbed(folder: &str, ups: usize) -> Option<&str> {
    let mut folder = folder;
    for _ in 0..ups {
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    Some(folder)
}

/// The path as far as it goes on.
fn shown(written: &str, rest: &str) -> String {
    let more = rest.chars().take_while(|c| is_of_name(*c) || *c == '/').take(SHOWN);
    format!("{written}{}", more.collect::<String>()).trim_end_matches(['/', '.']).to_owned()
}
