//! Where a repository is, checked before git gets to see it.

use url::Url;

use crate::source::repository::{NoAnswer, Repository};
use crate::world::http::is_private;

/// The address of a repository that git may be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub url: String,
    /// Where git will really ask, by the user's settings: what is learned is true of that place.
    pub place: String,
    pub host: String,
}

impl Address {
    /// Takes https, http, ssh and git URLs with a host. Everything else that git understands (paths,
    /// `ext::`, options) is refused, and so are private hosts unless allowed: the addresses come out of
    /// registries' metadata.
    pub fn new(repository: &Repository, private: bool) -> Result<Self, NoAnswer> {
        let refused = |why| NoAnswer::Failed(format!("{:?} {why}", repository.0));
        let url: Url = repository.0.parse().map_err(|_| refused("is no URL"))?;
        if !matches!(url.scheme(), "https" | "http" | "ssh" | "git") {
            return Err(refused("is of no kind that is fetched"));
        }
        let host = url.host_str().filter(|host| !host.is_empty() && !host.starts_with('-'));
        let Some(host) = host else { return Err(refused("names no host")) };
        let unsafe_text = |c: char| c.is_control() || c.is_whitespace() || "\"\\".contains(c);
        if repository.0.contains(unsafe_text) || url.username().starts_with('-') || url.path() == "/" {
            return Err(refused("is no repository's address"));
        }
        if !private && is_private_for_git(&url) {
            return Err(refused("is a private address"));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let url = repository.0.clone();
        Ok(Self { host: format!("{host}{port}"), place: url.clone(), url })
    }
}

/// `url` reads addresses as such in http and https alone.
fn is_private_for_git(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    format!("http://{host}/").parse().is_ok_and(|url| is_private(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> Result<Address, NoAnswer> {
        Address::new(&Repository(text.to_owned()), false)
    }

    #[test]
    fn what_git_may_see() {
        for good in ["https://example.org/a/b", "ssh://git@example.org:2222/a", "git://example.org/a"] {
            assert_eq!(new(good).unwrap().url, good);
        }
        assert_eq!(new("ssh://git@example.org:2222/a").unwrap().host, "example.org:2222");
        for bad in [
            "--upload-pack=x",
            "ext::sh -c x",
            "/etc",
            "file:///etc",
            "git@example.org:a/b",
            "https://",
            "ssh://-oProxyCommand=x/a",
            "ssh://-x@example.org/a",
            "https://example.org/",
            "https://a.org/b c",
            "https://a.org/\"\n[x]",
            "http://169.254.169.254/a",
            "git://127.0.0.1/a",
            "ssh://[::1]/a",
            "https://localhost/a",
        ] {
            assert!(matches!(new(bad), Err(NoAnswer::Failed(_))), "{bad}");
        }
        assert!(Address::new(&Repository("http://10.0.0.1/a".into()), true).is_ok());
    }
}
