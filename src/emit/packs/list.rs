//! The list file of a pack: what the fetcher reads, one record a line, fields separated by a tab.

use std::fmt::Write;

use crate::contents::Contents;
use crate::hash::Integrity;
use crate::source::repository::{Commit, Repository};

/// One member of a pack.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    pub folder: &'a str,
    pub contents: &'a Contents,
    /// The tarball's URL, relative to the registry where its layout gives it, and its hash.
    pub tarball: Option<(String, &'a Integrity)>,
    pub commit: Option<Origin<'a>>,
}

/// Where the same files lie in a repository.
#[derive(Clone, Debug)]
pub struct Origin<'a> {
    pub repository: &'a Repository,
    pub commit: Commit,
    /// Prefix of most files, without a slash at its end; `""` is the repository's root.
    pub subdirectory: &'a str,
    /// Files that lie elsewhere: path in the package to path in the repository.
    pub moved: &'a std::collections::BTreeMap<String, String>,
    /// A unified diff that makes the commit's `package.json` into the tarball's.
    pub manifest_diff: Option<&'a str>,
}

/// One member that is the registry's file.
#[derive(Clone, Debug)]
pub struct Artifact<'a> {
    pub folder: &'a str,
    /// Relative to the registry where its layout gives it.
    pub url: String,
    pub integrity: &'a Integrity,
    /// Paths of executable files, sorted.
    pub executable: &'a [String],
    /// Paths of hard links in the archive, sorted.
    pub dropped: &'a [String],
}

/// A field that would be read as something else than it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{folder}: {field:?} holds control characters and cannot stand in a list of files")]
pub struct Unlistable {
    /// The member's folder.
    pub folder: String,
    pub field: String,
}

/// The list file's text; members in the given order.
///
/// # Errors
/// A field with control characters, which could begin another field or record. Whoever reads archives,
/// trees and addresses refuses those before: this is the last that looks.
pub fn render<'a>(members: impl IntoIterator<Item = Member<'a>>) -> Result<String, Unlistable> {
    let mut out = String::new();
    for member in members {
        one(&mut out, &member)
            .map_err(|field| Unlistable { folder: member.folder.to_owned(), field: field.to_owned() })?;
    }
    Ok(out)
}

/// The list file's text, of members that are the registry's files.
///
/// # Errors
/// As for [`render`].
pub fn artifacts<'a>(members: impl IntoIterator<Item = Artifact<'a>>) -> Result<String, Unlistable> {
    let mut out = String::new();
    for member in members {
        let executable = member.executable.iter().map(String::as_str);
        let dropped = member.dropped.iter().map(String::as_str);
        head(&mut out, member.folder, Some((&member.url, member.integrity)))
            .and_then(|()| paths(&mut out, "exec", executable))
            .and_then(|()| paths(&mut out, "drop", dropped))
            .map_err(|field| Unlistable { folder: member.folder.to_owned(), field: field.to_owned() })?;
    }
    Ok(out)
}

/// Gives back the text that cannot be a field.
pub(super) fn field(text: &str) -> Result<&str, &str> {
    if text.chars().any(char::is_control) { Err(text) } else { Ok(text) }
}

fn one<'m>(out: &mut String, member: &'m Member<'_>) -> Result<(), &'m str> {
    head(out, member.folder, member.tarball.as_ref().map(|(url, hash)| (url.as_str(), *hash)))?;
    match &member.commit {
        Some(origin) => from_commit(out, member.contents, origin)?,
        None => {
            let executable = member.contents.files.iter().filter(|file| file.executable);
            paths(out, "exec", executable.map(|file| file.path.as_str()))?;
        }
    }
    let dropped = member.contents.dropped.iter().filter(|dropped| dropped.hard);
    paths(out, "drop", dropped.map(|dropped| dropped.path.as_str()))
}

fn head<'m>(
    out: &mut String,
    folder: &'m str,
    tarball: Option<(&'m str, &'m Integrity)>,
) -> Result<(), &'m str> {
    _ = writeln!(out, "package\t{}", field(folder)?);
    if let Some((url, hash)) = tarball {
        _ = writeln!(out, "tarball\t{}\t{}\t{}", field(url)?, hash.algorithm.name(), hash.hex());
    }
    Ok(())
}

fn paths<'m>(out: &mut String, record: &str, paths: impl Iterator<Item = &'m str>) -> Result<(), &'m str> {
    for path in paths {
        _ = writeln!(out, "{record}\t{}", field(path)?);
    }
    Ok(())
}

fn from_commit<'m>(out: &mut String, contents: &'m Contents, origin: &'m Origin<'_>) -> Result<(), &'m str> {
    _ = writeln!(out, "commit\t{}\t{}", field(&origin.repository.0)?, origin.commit);
    let folder = field(origin.subdirectory)?;
    for file in &contents.files {
        let mode = if file.executable { 755 } else { 644 };
        let path = field(&file.path)?;
        _ = write!(out, "file\t{}\t{mode}\t{path}\t", file.sha256);
        _ = match (origin.moved.get(path), folder) {
            (Some(moved), _) => writeln!(out, "{}", field(moved)?),
            (None, "") => writeln!(out, "{path}"),
            (None, folder) => writeln!(out, "{folder}/{path}"),
        };
    }
    if let Some(diff) = origin.manifest_diff {
        out.push_str("diff\tpackage.json\n");
        for line in diff.split_inclusive('\n') {
            _ = write!(out, "|{line}");
        }
        if !diff.ends_with('\n') {
            out.push('\n');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{Dropped, File};
    use crate::hash::Algorithm;
    use crate::hash::Digest;

    fn contents() -> Contents {
        let file = |path: &str, executable| File {
            path: path.into(),
            executable,
            size: 1,
            sha256: Digest([1; 32]),
            blob: Digest([2; 20]),
            blob_lf: None,
            linked: None,
            looks: None,
        };
        Contents {
            files: vec![file("LICENSE", false), file("cli.js", true), file("package.json", false)],
            dropped: vec![
                Dropped { path: "hard".into(), hard: true },
                Dropped { path: "soft".into(), hard: false },
            ],
            manifest: String::new(),
            shrinkwrap: None,
            texts: Default::default(),
            names: Default::default(),
            packed_size: 1,
            differs: None,
        }
    }

    #[test]
    fn an_artifact_lists_what_its_archive_cannot_be_trusted_with() {
        let (contents, hash) = (contents(), Integrity::of(Algorithm::Sha1, b""));
        let member = Member {
            folder: "x-1.0.0",
            contents: &contents,
            tarball: Some(("x/-/x-1.0.0.tgz".to_owned(), &hash)),
            commit: None,
        };
        insta::assert_snapshot!(render([member]).unwrap(), @"
        package	x-1.0.0
        tarball	x/-/x-1.0.0.tgz	sha1	da39a3ee5e6b4b0d3255bfef95601890afd80709
        exec	cli.js
        drop	hard
        ");
    }

    #[test]
    fn a_verbatim_package_lists_every_file_and_where_it_lies() {
        let contents = contents();
        let moved = [("LICENSE".to_owned(), "LICENSE".to_owned())].into();
        let commit = Some(Origin {
            repository: &Repository("https://git.example/o/r".into()),
            commit: Digest([3; 20]),
            subdirectory: "packages/x",
            moved: &moved,
            manifest_diff: Some("--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file"),
        });
        let member = Member { folder: "x-1.0.0", contents: &contents, tarball: None, commit };
        insta::assert_snapshot!(render([member]).unwrap(), @r"
        package	x-1.0.0
        commit	https://git.example/o/r	0303030303030303030303030303030303030303
        file	0101010101010101010101010101010101010101010101010101010101010101	644	LICENSE	LICENSE
        file	0101010101010101010101010101010101010101010101010101010101010101	755	cli.js	packages/x/cli.js
        file	0101010101010101010101010101010101010101010101010101010101010101	644	package.json	packages/x/package.json
        diff	package.json
        |--- a
        |+++ b
        |@@ -1 +1 @@
        |-a
        |+b
        |\ No newline at end of file
        drop	hard
        ");
    }

    #[test]
    fn no_field_begins_another_record() {
        let hash = Integrity::of(Algorithm::Sha1, b"");
        let moved = [("LICENSE".to_owned(), "a\nfile\tb".to_owned())].into();
        let nowhere = std::collections::BTreeMap::new();
        let origin = |repository, subdirectory, moved| Origin {
            repository,
            commit: Digest([3; 20]),
            subdirectory,
            moved,
            manifest_diff: None,
        };
        let (good, bad) = (Repository("https://a/b".into()), Repository("https://a/b\npackage\tx".into()));
        let refused = |folder, url: &str, commit| {
            let contents = contents();
            let tarball = Some((url.to_owned(), &hash));
            render([Member { folder, contents: &contents, tarball, commit }]).unwrap_err().field
        };
        assert_eq!(refused("x\t", "x", None), "x\t");
        assert_eq!(refused("x", "x\ny", None), "x\ny");
        assert_eq!(refused("x", "x", Some(origin(&bad, "", &nowhere))), bad.0);
        assert_eq!(refused("x", "x", Some(origin(&good, "p\tq", &nowhere))), "p\tq");
        assert_eq!(refused("x", "x", Some(origin(&good, "p", &moved))), "a\nfile\tb");
    }
}
