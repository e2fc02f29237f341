//! Tables of known answers, of two kinds.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};

pub const TABLES: &str = "\
Tables have one of these sets of columns, in any order, among others:
  ecosystem name version repo_url commit class nar_sri_archive notes
      commit empty: there is none to find; notes with \"alternate tag\": a commit that must never be named;
      class VERBATIM, NEAR, BUILT or NOMATCH; nar_sri_archive: the hash of `git archive` as SRI
  pypi_name version git_url commit recursive sha256_nix32
      commit: a tag or a commit; sha256_nix32: the hash of `git checkout` in nix-base32, which is compared
      where recursive is 0 (no submodules)";

/// What is known of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `npm`, `pypi`.
    pub ecosystem: String,
    pub purl: String,
    pub repository: String,
    /// A commit, or a tag that is taken to one; empty where there is none to find.
    pub commit: String,
    /// Whether `commit` may be a tag's name.
    pub is_tag: bool,
    /// In small letters; empty where it is not known.
    pub class: String,
    /// SRI, of `git archive`.
    pub archive: String,
    /// nix-base32, of `git checkout` without submodules.
    pub checkout: String,
    /// Commits that hold what was built: never to be named.
    pub forbidden: BTreeSet<String>,
}

/// Reads a table: the rows of each package, in the order of the purls. Of a package's rows the last counts whose
/// repository can be had.
pub fn read(text: &str) -> anyhow::Result<Vec<Vec<Row>>> {
    let mut lines = text.lines().enumerate();
    let Some((_, head)) = lines.next() else { bail!("the table is empty") };
    let columns: BTreeMap<&str, usize> = head.split('\t').enumerate().map(|(at, name)| (name, at)).collect();
    let guix = columns.contains_key("git_url");
    let needed: &[&str] = if guix {
        &["pypi_name", "version", "git_url", "commit"]
    } else {
        &["ecosystem", "name", "version", "repo_url", "commit"]
    };
    if let Some(lacks) = needed.iter().find(|name| !columns.contains_key(*name)) {
        bail!("the table has no column {lacks:?}\n{TABLES}");
    }
    let (mut rows, mut forbidden) =
        (BTreeMap::<String, Vec<Row>>::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| {
            columns.get(name).and_then(|at| cells.get(*at)).map_or("", |cell| cell.trim()).to_owned()
        };
        let name = cell(if guix { "pypi_name" } else { "name" });
        let ecosystem = if guix { "pypi".to_owned() } else { cell("ecosystem") };
        if name.is_empty() || ecosystem.is_empty() {
            Err(anyhow::anyhow!("no name")).with_context(|| format!("line {}", at + 1))?;
        }
        let purl = format!("pkg:{ecosystem}/{}@{}", name.replacen('@', "%40", 1), cell("version"));
        if cell("notes").contains("alternate tag") {
            forbidden.entry(purl).or_default().insert(cell("commit"));
            continue;
        }
        let row = Row {
            ecosystem,
            repository: cell(if guix { "git_url" } else { "repo_url" }),
            commit: cell("commit"),
            is_tag: guix,
            class: cell("class").to_ascii_lowercase(),
            archive: cell("nar_sri_archive"),
            checkout: if cell("recursive") == "1" { String::new() } else { cell("sha256_nix32") },
            purl: purl.clone(),
            forbidden: BTreeSet::new(),
        };
        rows.entry(purl).or_default().push(row);
    }
    for (purl, commits) in forbidden {
        for row in rows.entry(purl).or_default() {
            row.forbidden.clone_from(&commits);
        }
    }
    Ok(rows.into_values().filter(|rows| !rows.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_table() {
        let table = "ecosystem\tname\tversion\trepo_url\tcommit\tclass\tnotes\n\
            npm\t@s/a\t1.0.0\thttps://x.example/a\tc1\tVERBATIM\t\n\
            npm\tb\t1.0.0\thttps://x.example/b\t\tNOMATCH\t\n\
            npm\t@s/a\t1.0.0\thttps://x.example/a\tc2\tVERBATIM\tset=alternate tag of the row above\n";
        let rows = read(table).unwrap().concat();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].purl.as_str(), rows[0].class.as_str()), ("pkg:npm/%40s/a@1.0.0", "verbatim"));
        assert_eq!((rows[0].commit.as_str(), &rows[0].forbidden), ("c1", &BTreeSet::from(["c2".to_owned()])));
        assert_eq!(rows[1].commit, "");

        let table = "pypi_name\tversion\tgit_url\tcommit\trecursive\tsha256_nix32\na\t1.0\tu\tv1.0\t1\th\nb\t1.0\tu\tv1\t0\th\n";
        let rows = read(table).unwrap().concat();
        assert_eq!((rows[0].checkout.as_str(), rows[1].checkout.as_str()), ("", "h"));
        assert!(rows[0].is_tag);
        assert!(read("a\tb\n").unwrap_err().to_string().contains("\"ecosystem\""));
        assert!(read("").is_err());
    }
}
