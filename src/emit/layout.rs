//! Where things lie: what is emitted finds the project by relative paths.

use std::path::{Component, Path, PathBuf};

/// Three folders, all absolute; for an ordinary conversion all three are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The one that files are emitted into.
    pub at: PathBuf,
    /// The one that is the user's and has the policy with what it names (patches).
    pub out: PathBuf,
    /// The one that holds the lockfile.
    pub folder: PathBuf,
}

impl Layout {
    /// Of a conversion that writes into `out`.
    pub fn new(out: &Path, folder: &Path) -> Self {
        Self { at: out.to_owned(), out: out.to_owned(), folder: folder.to_owned() }
    }

    /// From `within`, a folder of what is emitted, to the project's: for `nix/headwater`, `/../..` where they lie together.
    pub fn to_project(&self, within: &str) -> String {
        path(&self.at, &self.folder, within)
    }

    /// The same to the output folder.
    pub fn to_out(&self, within: &str) -> String {
        path(&self.at, &self.out, within)
    }

    /// From the output folder up to a folder above it that holds the project (`../..`); empty where they are one, or it lies
    /// elsewhere.
    pub fn up(&self) -> String {
        let below = self.out.strip_prefix(&self.folder).map_or(0, |below| below.components().count());
        vec![".."; below].join("/")
    }
}

fn path(at: &Path, folder: &Path, within: &str) -> String {
    let common = at.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = at.components().skip(common).count() + within.split('/').count();
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
        let layout = |out: &str, folder: &str| Layout::new(Path::new(out), Path::new(folder));
        for (out, folder, to_project, up) in [
            ("/a/b", "/a/b", "/../..", ""),
            ("/a/b", "/a/b/sub dir", "/../../sub dir", ""),
            ("/a/out", "/a/b/c", "/../../../b/c", ""),
            ("/a/b/c", "/a", "/../../../..", "../.."),
        ] {
            let layout = layout(out, folder);
            assert_eq!((layout.to_project("nix/headwater").as_str(), layout.up().as_str()), (to_project, up));
            assert_eq!(layout.to_out("nix/headwater"), "/../..");
        }
    }
}
