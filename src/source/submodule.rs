//! What `.gitmodules` says (gitmodules(5)), and where its addresses lead.

use std::collections::BTreeMap;

use super::address::{self, Refused};
use super::repository::Repository;

/// An entry of `.gitmodules`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub url: Option<String>,
    /// `update = none`: git leaves it out.
    pub left_out: bool,
}

/// Reads what `git config --null --get-regexp '^submodule\..*\.(path|url|update)$'` prints (key, newline,
/// value): entries by path.
pub fn entries(output: &[u8]) -> BTreeMap<Vec<u8>, Entry> {
    let mut names: BTreeMap<&[u8], (Option<&[u8]>, Entry)> = BTreeMap::new();
    for item in output.split(|byte| *byte == 0) {
        let Some(at) = item.iter().position(|byte| *byte == b'\n') else { continue };
        let (key, value) = (&item[..at], &item[at + 1..]);
        let key = key.strip_prefix(b"submodule.").unwrap_or(key);
        let Some(dot) = key.iter().rposition(|byte| *byte == b'.') else { continue };
        let (path, entry) = names.entry(&key[..dot]).or_default();
        match &key[dot + 1..] {
            b"path" => *path = Some(value.strip_suffix(b"/").unwrap_or(value)),
            b"url" => entry.url = String::from_utf8(value.to_vec()).ok(),
            b"update" => entry.left_out = value == b"none",
            _ => {}
        }
    }
    names.into_values().filter_map(|(path, entry)| Some((path?.to_vec(), entry))).collect()
}

/// The repository that a submodule's address means, and whether the address as written wants a key.
pub fn repository(parent: &Repository, url: &str) -> Result<(Repository, bool), Refused> {
    let absolute = absolute(parent, url);
    let with_key =
        absolute.starts_with("ssh://") || absolute.starts_with("git+ssh://") || !absolute.contains("://");
    if !absolute.contains("://") && !absolute.contains(':') {
        return Err(Refused("is a path of somebody's own machine".to_owned()));
    }
    address::parse(&absolute).map(|address| (address.repository, with_key))
}

/// `../` takes a part off the parent's address, `./` none.
fn absolute(parent: &Repository, url: &str) -> String {
    if !url.starts_with("./") && !url.starts_with("../") {
        return url.to_owned();
    }
    let (mut base, mut rest) = (parent.0.trim_end_matches('/'), url);
    loop {
        if let Some(below) = rest.strip_prefix("../") {
            base = base.rfind('/').map_or(base, |at| &base[..at]);
            rest = below;
        } else if let Some(below) = rest.strip_prefix("./") {
            rest = below;
        } else {
            return format!("{base}/{}", rest.trim_end_matches('/'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_by_path() {
        let output = b"submodule.a.b.path\nlib/a\0submodule.a.b.url\n../a\0submodule.x.path\nx/\0\
            submodule.x.update\nnone\0submodule.y.url\nz\0submodule.v.path\0";
        let entries = entries(output);
        assert_eq!(entries[&b"lib/a"[..]].url.as_deref(), Some("../a"));
        assert!(entries[&b"x"[..]].left_out);
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn addresses() {
        let parent = Repository("https://github.com/o/r".to_owned());
        for (url, expected, key) in [
            ("../a.git", "https://github.com/o/a", false),
            ("./../../p/a/", "https://github.com/p/a", false),
            ("https://github.com/p/a.git", "https://github.com/p/a", false),
            ("git@github.com:p/a.git", "https://github.com/p/a", true),
            ("ssh://git@git.example.org/a", "https://git.example.org/a", true),
        ] {
            let (repository, with_key) = repository(&parent, url).unwrap();
            assert_eq!((repository.0.as_str(), with_key), (expected, key), "{url}");
        }
        for bad in ["/srv/a", "a/b", "../../../../x", "file:///a", "--upload-pack=x", "ext::sh -c x", ""] {
            assert!(repository(&parent, bad).is_err(), "{bad}");
        }
    }
}
