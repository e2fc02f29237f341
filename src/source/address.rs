//! Repository addresses as package.json spells them, turned into one spelling.
//!
//! Forms: <https://docs.npmjs.com/cli/configuring-npm/package-json#repository>. A registry's metadata is
//! written by whoever publishes, so addresses that lead into the reader's own network are refused.

use std::net::IpAddr;

use url::{Host, Url};

use super::forge::{self, Forge};
use super::repository::Repository;

/// A repository, and the place in it that its address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub repository: Repository,
    /// From a `/tree/<ref>/<folder>` tail.
    pub directory: Option<String>,
    /// Whether the host is a forge whose addresses we know.
    pub known_forge: bool,
}

/// Why an address was refused: a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refuse<T>(why: &str) -> Result<T, Refused> {
    Err(Refused(why.to_owned()))
}

/// Reads any of npm's spellings: `o/r`, `github:o/r`, `git@host:o/r`, and URLs with or without `git+`.
pub fn parse(text: &str) -> Result<Address, Refused> {
    let address = read(text)?;
    // Pins keep the address and are read again: it has to mean the same then.
    match read(&address.repository.0) {
        Ok(again) if again.repository == address.repository => Ok(address),
        _ => refuse("is no address"),
    }
}

fn read(text: &str) -> Result<Address, Refused> {
    let text = text.trim();
    if text.is_empty() || text.len() > 2048 || text.chars().any(char::is_control) {
        return refuse("is no address");
    }
    if text.starts_with("gist:") {
        return refuse("is a gist, which holds no releases");
    }
    for (prefix, host) in Forge::SHORTHANDS {
        if let Some(path) = text.strip_prefix(prefix) {
            return from_url(&format!("https://{host}/{}", path.trim_start_matches('/')));
        }
    }
    if let Some(at) = text.find("://") {
        let scheme = text[..at].to_ascii_lowercase();
        for (other, whose) in [("hg", "Mercurial"), ("svn", "Subversion"), ("bzr", "Bazaar")] {
            if scheme == other || scheme.strip_prefix(other).is_some_and(|rest| rest.starts_with('+')) {
                return refuse(&format!("is a {whose} repository"));
            }
        }
        let scheme = scheme.strip_prefix("git+").unwrap_or(&scheme);
        // `git+ssh://git@host:o/r` is no URL, but npm takes it.
        return from_url(&format!("{scheme}://{}", scp_to_path(&text[at + 3..])));
    }
    if text.starts_with(['/', '.', '~']) || text.starts_with("file:") || text.contains('\\') {
        return refuse("is a path of the publisher's own machine");
    }
    if text.contains(':') {
        return from_url(&format!("ssh://{}", scp_to_path(text)));
    }
    let path = text.split('#').next().unwrap_or_default();
    match path.split('/').collect::<Vec<_>>()[..] {
        [owner, name] if !owner.is_empty() && !name.is_empty() => {
            from_url(&format!("https://github.com/{owner}/{name}"))
        }
        [host, _, ..] if Forge::of_host(host).is_some() => from_url(&format!("https://{path}")),
        _ => refuse("is no address"),
    }
}

/// `user@host:path` to `user@host/path`; a port stays one.
fn scp_to_path(rest: &str) -> String {
    let authority = rest.split('/').next().unwrap_or_default();
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    match authority[host_at..].find(':') {
        Some(colon) => {
            let colon = host_at + colon;
            let after = &authority[colon + 1..];
            if after.is_empty() || after.chars().any(|c| !c.is_ascii_digit()) {
                format!("{}/{}", &rest[..colon], rest[colon + 1..].trim_start_matches('/'))
            } else {
                rest.to_owned()
            }
        }
        None => rest.to_owned(),
    }
}

fn from_url(text: &str) -> Result<Address, Refused> {
    // The url crate knows the rules of hosts for "special" schemes only; every scheme that is let through
    // is read as https anyway.
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let scheme = scheme.to_ascii_lowercase();
    if scheme == "file" {
        return refuse("is a path of the publisher's own machine");
    }
    if !["https", "http", "git", "ssh"].contains(&scheme.as_str()) {
        return refuse("has a scheme that git does not fetch over");
    }
    let Ok(url) = Url::parse(&format!("https://{rest}")) else { return refuse("is no URL") };
    let host = match url.host() {
        Some(Host::Domain(host)) => host.trim_end_matches('.').to_ascii_lowercase(),
        Some(Host::Ipv4(ip)) if is_public(IpAddr::V4(ip)) => ip.to_string(),
        Some(Host::Ipv6(ip)) if is_public(IpAddr::V6(ip)) => format!("[{ip}]"),
        Some(_) => return refuse("leads into a private network"),
        None => return refuse("is no URL"),
    };
    if let Some(why) = forge::holds_none(&host) {
        return refuse(why);
    }
    // A port of another scheme says nothing about https.
    let port = url.port().filter(|_| scheme == "https").map(|port| format!(":{port}")).unwrap_or_default();
    if let Some(forge) = Forge::of_host(&host) {
        let Some((path, directory)) = forge.split(&host, url.path()) else {
            return refuse("names no repository on its forge");
        };
        let repository = Repository(format!("https://{}{port}/{path}", Forge::canonical_host(&host)));
        return Ok(Address { repository, directory, known_forge: true });
    }
    if url.domain().is_some() && !is_public_name(&host) {
        return refuse("leads into a private network");
    }
    let (path, directory) = forge::plain(&host, url.path());
    if path.is_empty() {
        return refuse("names no repository");
    }
    let repository = Repository(format!("https://{host}{port}{path}"));
    Ok(Address { repository, directory, known_forge: false })
}

/// Names that only mean something inside a network (RFC 6762, RFC 8375, RFC 6761, and ICANN's `.internal`).
fn is_public_name(host: &str) -> bool {
    const PRIVATE: [&str; 12] = [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "home.arpa",
        "test",
        "invalid",
    ];
    host.contains('.') && !PRIVATE.iter().any(|end| host == *end || host.ends_with(&format!(".{end}")))
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || shared
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(ip) => {
            if let Some(v4) = ip.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            // Global unicast only (RFC 4291).
            (ip.segments()[0] & 0xe000) == 0x2000
        }
    }
}

/// A folder inside a repository: no `..`, no empty parts; `None` for the root or what leads out.
pub fn folder(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let bad = parts.contains(&"..") || text.contains('\\') || text.chars().any(char::is_control);
    (!parts.is_empty() && !bad).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> String {
        parse(text).unwrap().repository.0
    }

    #[test]
    fn all_spellings_of_one_repository_are_one() {
        for text in [
            "o/r",
            "github:o/r",
            "o/r#readme",
            "https://github.com/o/r",
            "http://github.com/o/r/",
            "https://www.github.com/o/r.git#readme",
            "git://github.com/o/r.git",
            "git+https://github.com/o/r.git",
            "git+ssh://git@github.com/o/r.git",
            "git+ssh://git@github.com:o/r.git",
            "ssh://git@github.com/o/r",
            "ssh://git@github.com:22/o/r",
            "git@github.com:o/r.git",
            "github.com/o/r",
            "https://user:secret@github.com/o/r",
            "https://github.com/o/r/issues",
            "https://github.com/o/r?x=1",
            "  GIT+HTTPS://GitHub.com/o/r.git ".to_lowercase().trim(),
        ] {
            assert_eq!(url(text), "https://github.com/o/r", "{text}");
        }
    }

    #[test]
    fn a_tree_tail_names_a_folder() {
        let address = parse("https://github.com/o/r/tree/main/packages/a#readme").unwrap();
        assert_eq!(address.repository.0, "https://github.com/o/r");
        assert_eq!(address.directory.as_deref(), Some("packages/a"));
        let address = parse("https://gitlab.com/g/sub/r/-/tree/main/x").unwrap();
        assert_eq!(address.repository.0, "https://gitlab.com/g/sub/r");
        assert_eq!(address.directory.as_deref(), Some("x"));
        let address = parse("https://codeberg.org/o/r/src/branch/main/x").unwrap();
        assert_eq!(address.directory.as_deref(), Some("x"));
    }

    #[test]
    fn other_forges_and_plain_hosts() {
        assert_eq!(url("gitlab:g/r"), "https://gitlab.com/g/r");
        assert_eq!(url("bitbucket:o/r"), "https://bitbucket.org/o/r");
        assert_eq!(url("https://git.sr.ht/~u/r"), "https://git.sr.ht/~u/r");
        assert_eq!(url("git@gitlab.com:g/s/r.git"), "https://gitlab.com/g/s/r");
        assert_eq!(url("git://git.example.org/r.git"), "https://git.example.org/r.git");
        assert_eq!(url("ssh://git@git.example.org:2222/r.git"), "https://git.example.org/r.git");
        assert_eq!(url("https://git.example.org:8443/r"), "https://git.example.org:8443/r");
        assert_eq!(url("https://dev.azure.com/o/p/_git/r"), "https://dev.azure.com/o/p/_git/r");
    }

    #[test]
    fn pages_of_a_forge_lead_to_its_repository_and_folder() {
        for (text, repository, folder) in [
            ("https://github.com/o/r/blob/main/packages/a/README.md", "github.com/o/r", "packages/a"),
            ("https://github.com/o/r.git/tree/main/a/", "github.com/o/r", "a"),
            ("https://github.com/o/r/archive/refs/tags/v1.tar.gz", "github.com/o/r", ""),
            ("https://github.com/o/r/releases/tag/v1", "github.com/o/r", ""),
            ("https://github.com/o/r/wiki", "github.com/o/r", ""),
            ("https://github.com/o/r.wiki.git", "github.com/o/r", ""),
            ("HTTPS://GitHub.COM/O/r", "github.com/O/r", ""),
            ("GIT+SSH://git@GitHub.com:o/r.git", "github.com/o/r", ""),
            ("ssh://git@ssh.github.com:443/o/r.git", "github.com/o/r", ""),
            ("https://raw.githubusercontent.com/o/r/main/a/b.md", "github.com/o/r", ""),
            ("https://codeload.github.com/o/r/tar.gz/v1", "github.com/o/r", ""),
            ("https://api.github.com/repos/o/r", "github.com/o/r", ""),
            ("https://www.gitlab.com/g/r/", "gitlab.com/g/r", ""),
            ("https://gitlab.com/g/a/b/r/-/blob/main/x/y.ts", "gitlab.com/g/a/b/r", "x"),
            ("https://gitlab.com/g/a/r.git/tree/main/x", "gitlab.com/g/a/r", "x"),
            ("https://gitlab.com/g/r/merge_requests/1", "gitlab.com/g/r", ""),
            ("https://gitlab.example.org/g/s/r/-/issues", "gitlab.example.org/g/s/r", ""),
            ("https://gitlab.example.org:8443/g/r", "gitlab.example.org:8443/g/r", ""),
            ("https://invent.kde.org/g/r.git", "invent.kde.org/g/r", ""),
            ("https://git.example.org/g/r/-/tree/main/x", "git.example.org/g/r", "x"),
            ("https://codeberg.org/o/r/src/tag/v1/x/y", "codeberg.org/o/r", "x/y"),
            ("https://codeberg.org/o/r/releases", "codeberg.org/o/r", ""),
            ("https://gitea.example.org/o/r/src/commit/abc/x", "gitea.example.org/o/r", "x"),
            ("https://bitbucket.org/o/r/src/master/x/", "bitbucket.org/o/r", "x"),
            ("https://bitbucket.org/o/r/downloads/", "bitbucket.org/o/r", ""),
            ("https://git.sr.ht/~u/r/tree/main/item/x/", "git.sr.ht/~u/r", "x"),
            ("https://git.sr.ht/~u/r/log", "git.sr.ht/~u/r", ""),
            ("git@git.sr.ht:~u/r", "git.sr.ht/~u/r", ""),
            ("https://git.savannah.gnu.org/cgit/r.git/tree/x?h=main", "git.savannah.gnu.org/git/r.git", "x"),
            ("https://git.savannah.gnu.org/git/r.git", "git.savannah.gnu.org/git/r.git", ""),
            ("https://git.example.org/pub/scm/r.git/about/", "git.example.org/pub/scm/r.git", ""),
            ("https://x.googlesource.com/a/r/+/refs/heads/main/x", "x.googlesource.com/a/r", ""),
            ("https://git.example.org/g/r//-/tree/main/x", "git.example.org/g/r", "x"),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.repository.0, format!("https://{repository}"), "{text}");
            assert_eq!(address.directory.as_deref().unwrap_or_default(), folder, "{text}");
        }
    }

    #[test]
    fn what_is_no_git_repository_says_why() {
        for (text, why) in [
            ("https://hg.sr.ht/~u/r", "Mercurial"),
            ("hg+https://example.org/r", "Mercurial"),
            ("svn://example.org/r", "Subversion"),
            ("svn+ssh://example.org/r", "Subversion"),
            ("https://sr.ht/~u/r", "project's page"),
            ("https://o.github.io/r", "does not name it"),
            ("https://r.readthedocs.io/en/latest", "does not name it"),
            ("https://gist.githubusercontent.com/u/1/raw", "gist"),
            ("https://git.sr.ht/u/r", "names no repository"),
        ] {
            let Err(Refused(said)) = parse(text) else { panic!("{text}: {:?}", parse(text)) };
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn refuses_gists_files_and_private_networks() {
        for text in [
            "",
            "gist:11081aaa281",
            "https://gist.github.com/u/1",
            "file:///srv/r",
            "file:../r",
            "/srv/r.git",
            "../r",
            "C:\\r",
            "http://localhost/r",
            "https://127.0.0.1/r",
            "https://0x7f.1/r",
            "https://10.1.2.3/r",
            "https://169.254.169.254/latest",
            "https://[::1]/r",
            "https://[::ffff:10.0.0.1]/r",
            "https://[fd00::1]/r",
            "git@build:o/r",
            "https://git.corp/r",
            "https://x.internal/r",
            "ext::sh -c x",
            "javascript://x.example.org/r",
            "https://github.com/o",
            "https://github.com/sponsors/o",
            "https://example.org",
            "https://git.example.org///-/x",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn what_would_mean_something_else_when_read_again() {
        for text in ["0..3..:.3:3:2.3:.x", "https://host//-/x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn folders_stay_inside() {
        assert_eq!(folder("./packages/a/").as_deref(), Some("packages/a"));
        assert_eq!(folder("."), None);
        assert_eq!(folder("a/../../b"), None);
    }
}
