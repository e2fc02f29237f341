//! The list file of a pack of crates: what a Rust extension is compiled from, each file kept whole.

use std::fmt::Write;

use super::list::{Unlistable, field};
use crate::emit::model::python::crates::Crate;

/// The list file's text, crates in the given order. `base`, with a slash at its end, is what relative addresses are
/// joined to.
///
/// # Errors
/// A field with control characters, which could begin another field or record.
pub fn list(base: &str, crates: &[Crate]) -> Result<String, Unlistable> {
    let unlistable = |folder: &str| {
        let folder = folder.to_owned();
        move |field: &str| Unlistable { folder, field: field.to_owned() }
    };
    let mut out = String::new();
    _ = writeln!(out, "base\t{}", field(base).map_err(unlistable(base))?);
    for one in crates {
        let name = one.file_name();
        let (file, url) =
            (field(&name).map_err(unlistable(&name))?, field(&one.url).map_err(unlistable(&name))?);
        _ = writeln!(out, "package\t{file}\ntarball\t{url}\tsha256\t{}\nwhole", one.sha256);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;

    fn one(name: &str, url: &str) -> Crate {
        Crate { name: name.into(), version: "1.0.200".into(), url: url.into(), sha256: Digest([0xab; 32]) }
    }

    #[test]
    fn each_crate_is_kept_as_it_is() {
        let crates = [one("serde", "serde/1.0.200/download"), one("syn", "https://h.example/syn")];
        insta::assert_snapshot!(list("https://crates.example/", &crates).unwrap(), @r"
        base	https://crates.example/
        package	serde-1.0.200.crate
        tarball	serde/1.0.200/download	sha256	abababababababababababababababababababababababababababababababab
        whole
        package	syn-1.0.200.crate
        tarball	https://h.example/syn	sha256	abababababababababababababababababababababababababababababababab
        whole
        ");
    }

    #[test]
    fn no_field_begins_another_record() {
        assert!(list("https://a/\nwhole", &[]).is_err());
        assert_eq!(list("", &[one("a\tb", "x")]).unwrap_err().field, "a\tb-1.0.200.crate");
        assert_eq!(list("", &[one("a", "x\ny")]).unwrap_err().field, "x\ny");
    }
}
