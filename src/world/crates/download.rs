//! Where a crate's file is, by the `dl` of the index's config.json
//! (<https://doc.rust-lang.org/cargo/reference/registry-index.html#index-configuration>).

use url::Url;

use super::CratesError;
use crate::python::cargo_lock::LockedCrate;
use crate::world::artifacts::allowed;
use crate::world::http::root;

/// What stands for a crate in `dl`; without any of them it is a folder in a fixed layout.
const MARKERS: [&str; 5] = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
const LAYOUT: &str = "{crate}/{version}/download";

/// The addresses of all files, as one pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    index: Url,
    /// What all addresses begin with; a slash at its end.
    base: Url,
    /// What follows, with markers.
    rest: String,
}

impl Download {
    /// `dl` of the config.json of `index`.
    ///
    /// # Errors
    /// A pattern that is no http or https address, or is neither the index's own nor public.
    pub(super) fn new(index: &Url, config: &Url, dl: &str) -> Result<Self, CratesError> {
        let pattern = if MARKERS.iter().any(|marker| dl.contains(marker)) {
            dl.to_owned()
        } else {
            format!("{}/{LAYOUT}", dl.trim_end_matches('/'))
        };
        let first = MARKERS.iter().filter_map(|marker| pattern.find(marker)).min().unwrap_or_default();
        let cut = pattern[..first].rfind('/').map_or(0, |slash| slash + 1);
        let (base, rest) = pattern.split_at(cut);
        let wrong = || CratesError::index(config, format!("has a `dl` that cannot be used: {dl:?}"));
        // What follows a query or a fragment is no part of a path.
        let base = root(base).filter(|_| !base.contains(['?', '#'])).ok_or_else(wrong)?;
        if !base.username().is_empty() || base.password().is_some() || rest.chars().any(char::is_control) {
            return Err(wrong());
        }
        let base = allowed("the index of crates", index, index, base.as_str())?;
        Ok(Self { index: index.clone(), base, rest: rest.to_owned() })
    }

    /// What [`Download::path`] is relative to.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// A crate's address, relative to the base.
    pub fn path(&self, one: &LockedCrate) -> String {
        let prefix = prefix(&one.name);
        self.rest
            .replace("{crate}", &one.name)
            .replace("{version}", &one.version)
            .replace("{prefix}", &prefix)
            .replace("{lowerprefix}", &prefix.to_lowercase())
            .replace("{sha256-checksum}", &one.sha256.to_string())
    }

    /// A crate's address.
    ///
    /// # Errors
    /// One that leads elsewhere than the base.
    pub fn url(&self, one: &LockedCrate) -> Result<Url, CratesError> {
        let whole = format!("{}{}", self.base, self.path(one));
        Ok(allowed(&format!("{} {}", one.name, one.version), &self.index, &self.base, &whole)?)
    }
}

/// The folders that an index sorts names into: by the first two letters and the next two, those of short names by
/// length.
fn prefix(name: &str) -> String {
    match name.len() {
        0..=2 => name.len().to_string(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;

    fn one(name: &str, version: &str) -> LockedCrate {
        LockedCrate { name: name.into(), version: version.into(), sha256: Digest([0xab; 32]) }
    }

    fn download(dl: &str) -> Result<Download, CratesError> {
        let index: Url = "https://index.example/a/".parse().unwrap();
        Download::new(&index, &index.join("config.json").unwrap(), dl)
    }

    #[test]
    fn a_pattern_with_and_without_markers() {
        let split = |dl: &str, name: &str| {
            let download = download(dl).unwrap();
            (download.base().to_string(), download.path(&one(name, "1.0.0+b")))
        };
        let pair = |base: &str, path: &str| (base.to_owned(), path.to_owned());
        let fixed = pair("https://dl.example/api/crates/", "Serde/1.0.0+b/download");
        assert_eq!(split("https://dl.example/api/crates", "Serde"), fixed);
        assert_eq!(split("https://dl.example:443/api/crates/", "Serde"), fixed);
        assert_eq!(
            split("https://dl.example/f/{crate}/{crate}-{version}.crate", "Serde"),
            pair("https://dl.example/f/", "Serde/Serde-1.0.0+b.crate")
        );
        let all = "https://dl.example/x-{prefix}/{lowerprefix}?{sha256-checksum}";
        let sum = "ab".repeat(32);
        assert_eq!(split(all, "Serde"), pair("https://dl.example/", &format!("x-Se/rd/se/rd?{sum}")));
        for (name, prefix) in [("A", "1"), ("Ab", "2"), ("Abc", "3/A"), ("Abcd", "Ab/cd")] {
            assert_eq!(split("https://dl.example/{prefix}", name).1, prefix);
        }
        let url = download("https://dl.example/").unwrap().url(&one("a", "1.0.0")).unwrap();
        assert_eq!(url.as_str(), "https://dl.example/a/1.0.0/download");
    }

    #[test]
    fn patterns_that_lead_nowhere_good() {
        for dl in [
            "",
            "crates",
            "file:///srv/crates",
            "https://{crate}.example/",
            "https://user:secret@dl.example/",
            "https://dl.example/?a=/{crate}",
            "https://dl.example/{crate}\n",
        ] {
            assert!(matches!(download(dl), Err(CratesError::Index { .. })), "{dl:?}");
        }
        for dl in ["http://dl.example/", "https://127.0.0.1/", "https://10.0.0.1/{crate}"] {
            assert!(matches!(download(dl), Err(CratesError::Artifact(_))), "{dl:?}");
        }
    }
}
