//! Archives of GitHub that lockfiles name: which commit they are of, and how their files are called.

use url::Url;

use crate::source::address;
use crate::source::repository::Repository;

/// An archive that `git archive` can make as well. Whether the bytes are the same, its integrity says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub repository: Repository,
    /// A tag, or a commit in full.
    pub reference: String,
    /// The folder that everything lies in.
    pub folder: String,
}

/// Reads `https://github.com/OWNER/NAME/archive/REF.tar.gz` and `https://codeload.github.com/OWNER/NAME/tar.gz/REF`.
pub fn archive(url: &Url) -> Option<Archive> {
    let parts: Vec<&str> = url.path_segments()?.collect();
    let (owner, name, reference) = match (url.host_str()?, &parts[..]) {
        ("github.com", [owner, name, "archive", reference @ ..]) => {
            (owner, name, reference.join("/").strip_suffix(".tar.gz")?.to_owned())
        }
        ("codeload.github.com", [owner, name, "tar.gz", reference @ ..]) => {
            (owner, name, reference.join("/"))
        }
        _ => return None,
    };
    let reference = reference.strip_prefix("refs/tags/").unwrap_or(&reference).to_owned();
    // GitHub leaves the v of a version out.
    let plain = reference.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let folder = format!("{name}-{}", plain.unwrap_or(&reference).replace('/', "-"));
    let repository = address::parse(&format!("https://github.com/{owner}/{name}")).ok()?.repository;
    Some(Archive { repository, reference, folder })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_github() {
        let of = |text: &str| {
            let found = archive(&text.parse().unwrap())?;
            Some(format!("{} {} {}", found.repository, found.reference, found.folder))
        };
        let own =
            |reference: &str, folder: &str| Some(format!("https://github.com/o/r {reference} {folder}"));
        assert_eq!(of("https://github.com/o/r/archive/1.2.tar.gz"), own("1.2", "r-1.2"));
        assert_eq!(of("https://github.com/o/r/archive/refs/tags/v1.2.tar.gz"), own("v1.2", "r-1.2"));
        assert_eq!(of("https://codeload.github.com/o/r/tar.gz/version"), own("version", "r-version"));
        for other in ["https://github.com/o/r/archive/1.2.zip", "https://example.org/o/r/archive/1.tar.gz"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
