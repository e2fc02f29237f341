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

/// The list file's text; members in the given order.
///
/// Paths hold no control characters: archives with such paths are refused when they are read.
pub fn render<'a>(members: impl IntoIterator<Item = Member<'a>>) -> String {
    let mut out = String::new();
    for member in members {
        _ = writeln!(out, "package\t{}", member.folder);
        if let Some((url, hash)) = &member.tarball {
            _ = writeln!(out, "tarball\t{url}\t{}\t{}", hash.algorithm.name(), hash.hex());
        }
        match &member.commit {
            Some(origin) => from_commit(&mut out, member.contents, origin),
            None => {
                for file in member.contents.files.iter().filter(|file| file.executable) {
                    _ = writeln!(out, "exec\t{}", file.path);
                }
            }
        }
        for dropped in member.contents.dropped.iter().filter(|dropped| dropped.hard) {
            _ = writeln!(out, "drop\t{}", dropped.path);
        }
    }
    out
}

fn from_commit(out: &mut String, contents: &Contents, origin: &Origin<'_>) {
    _ = writeln!(out, "commit\t{}\t{}", origin.repository, origin.commit);
    for file in &contents.files {
        let mode = if file.executable { 755 } else { 644 };
        let moved = origin.moved.get(&file.path).cloned();
        let source = moved.unwrap_or_else(|| match origin.subdirectory {
            "" => file.path.clone(),
            folder => format!("{folder}/{}", file.path),
        });
        _ = writeln!(out, "file\t{}\t{mode}\t{}\t{source}", file.sha256, file.path);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{Digest, Dropped, File};
    use crate::hash::Algorithm;

    fn contents() -> Contents {
        let file = |path: &str, executable| File {
            path: path.into(),
            executable,
            size: 1,
            sha256: Digest([1; 32]),
            blob: Digest([2; 20]),
            blob_lf: None,
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
            packed_size: 1,
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
        insta::assert_snapshot!(render([member]), @"
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
        insta::assert_snapshot!(render([member]), @r"
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
}
