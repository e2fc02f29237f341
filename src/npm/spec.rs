//! What a dependency asks for, as npm reads it (npm-package-arg).

use nodejs_semver::Range;
use url::Url;

use crate::foreign;
use crate::graph::PackageName;

/// Hosts whose repositories have one public address, and npm's word for them.
pub const HOSTED: [(&str, &str); 4] = [
    ("github", "github.com"),
    ("gitlab", "gitlab.com"),
    ("bitbucket", "bitbucket.org"),
    ("gist", "gist.github.com"),
];

/// A specification of a dependency.
#[derive(Clone, Debug)]
pub enum Spec {
    /// A version or a range. `None` is `*`, which every version satisfies, prereleases too.
    Range(Option<Range>),
    /// `latest` and the like.
    Tag,
    /// `npm:name@...`: what it stands for.
    Alias(Box<Spec>),
    /// A folder or an archive, as written without `file:`.
    Folder(String),
    Archive(String),
    /// A URL of an archive.
    Remote(String),
    Git(Git),
    /// What npm itself refuses.
    Unsupported,
}

/// A repository, and what of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Git {
    /// `host/owner/name` of a host that npm knows, whatever the address was.
    pub hosted: Option<String>,
    /// The address as written.
    pub address: String,
    /// A branch, tag or commit; `""` where none is asked for.
    pub committish: String,
    /// Of `#semver:`.
    pub range: Option<String>,
}

impl Git {
    fn new(text: &str) -> Self {
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut git = Self {
            hosted: hosted(address),
            address: address.strip_prefix("git+").unwrap_or(address).to_owned(),
            ..Self::default()
        };
        for part in fragment.split("::") {
            match part.split_once(':') {
                None => part.clone_into(&mut git.committish),
                Some(("semver", range)) => {
                    let range = percent_encoding::percent_decode_str(range).decode_utf8_lossy();
                    git.range = Some(range.into_owned());
                }
                Some(_) => {}
            }
        }
        git
    }

    /// Whether one commit is asked for, and no branch or tag.
    pub fn is_of_a_commit(&self) -> bool {
        (40..=64).contains(&self.committish.len()) && self.committish.chars().all(|c| c.is_ascii_hexdigit())
    }
}

impl Spec {
    /// Whether npm knows no such thing.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported)
    }

    /// Whether a registry is asked for it.
    pub fn is_of_registry(&self) -> bool {
        matches!(self, Self::Range(_) | Self::Tag | Self::Alias(_))
    }

    pub fn parse(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        if let Some(path) = path(text) {
            let is_archive = is_archive(path);
            let path = path.to_owned();
            return if is_archive { Self::Archive(path) } else { Self::Folder(path) };
        }
        if lower.starts_with("npm:") {
            let rest = &text["npm:".len()..];
            let at = rest.get(1..).and_then(|tail| tail.find('@'));
            let (name, spec) = at.map_or((rest, "*"), |at| (&rest[..=at], &rest[at + 2..]));
            if PackageName::new(name).is_err() {
                return Self::Unsupported;
            }
            // An alias of an alias is none; to read it, and the one in it, would have no end.
            return match scheme(&spec.to_ascii_lowercase())
                .map_or_else(|| Self::parse(spec), |_| Self::Unsupported)
            {
                spec @ (Self::Range(_) | Self::Tag) => Self::Alias(Box::new(spec)),
                _ => Self::Unsupported,
            };
        }
        if hosted(text.split('#').next().unwrap_or_default()).is_some() {
            return Self::Git(Git::new(text));
        }
        if let Some(scheme) = scheme(&lower) {
            return match scheme {
                "git" | "git+http" | "git+https" | "git+rsync" | "git+ftp" | "git+file" | "git+ssh" => {
                    Self::Git(Git::new(text))
                }
                "http" | "https" => Self::Remote(text.to_owned()),
                _ => Self::Unsupported,
            };
        }
        if is_scp(text) {
            return Self::Git(Git::new(text));
        }
        if is_archive(text) {
            return Self::Archive(text.to_owned());
        }
        if text.contains('/') {
            return Self::Folder(text.to_owned());
        }
        of_registry(text)
    }
}

fn of_registry(text: &str) -> Spec {
    let text = text.trim();
    if matches!(text, "" | "*") {
        return Spec::Range(None);
    }
    if let Some(range) = range(text) {
        return Spec::Range(Some(range));
    }
    // A tag is what may stand in a URL.
    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c);
    if text.chars().all(fit) { Spec::Tag } else { Spec::Unsupported }
}

/// A range as node's semver reads it, loosely.
pub fn range(text: &str) -> Option<Range> {
    // `=v1.2.3` is a version and an empty alternative is any; the crate takes neither.
    let alternatives = text.split("||").map(|one| if one.trim().is_empty() { "*" } else { one });
    foreign::npm_range(&alternatives.collect::<Vec<_>>().join("||").replace("=v", "="))
}

/// Whether a version satisfies a range, as node's semver has it.
pub fn satisfies(version: &str, range: &Range) -> bool {
    let version = version.trim().trim_start_matches(['=', 'v']);
    foreign::npm_version(version).is_some_and(|version| range.satisfies(&version))
}

/// What is a path by its beginning.
fn path(text: &str) -> Option<&str> {
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:")) {
        return Some(&text[5..]);
    }
    let drive = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && text.get(1..2) == Some(":");
    (drive || text.starts_with(['.', '/']) || text.starts_with("~/")).then_some(text)
}

fn is_archive(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| lower.ends_with(end))
}

fn scheme(lower: &str) -> Option<&str> {
    let (scheme, _) = lower.split_once(':')?;
    let bare = scheme.strip_prefix("git+").unwrap_or(scheme);
    (!bare.is_empty() && bare.chars().all(|c| c.is_ascii_lowercase())).then_some(scheme)
}

/// `user@host.name:path`.
fn is_scp(text: &str) -> bool {
    let Some((user, rest)) = text.split_once('@') else { return false };
    let Some((host, path)) = rest.split_once(':') else { return false };
    !user.is_empty() && !path.is_empty() && host.contains('.')
}

/// The repository of an address at a host that npm knows; an address in it of something else is none
/// (hosted-git-info).
fn hosted(address: &str) -> Option<String> {
    let of = |domain: &str, path: &str| {
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let parts: Vec<&str> = path.split('/').collect();
        let whole = match parts[..] {
            [owner, name] => !owner.is_empty() && !name.is_empty(),
            [id] => domain == "gist.github.com" && !id.is_empty(),
            [_, _, ..] => domain == "gitlab.com" && !parts.contains(&"-"),
            _ => false,
        };
        whole.then(|| format!("{domain}/{path}"))
    };
    if let Some((word, rest)) = address.split_once(':')
        && let Some((_, domain)) = HOSTED.iter().find(|(known, _)| *known == word)
    {
        return of(domain, rest);
    }
    let known = |host: &str| {
        let host = host.strip_prefix("www.").unwrap_or(host).to_ascii_lowercase();
        HOSTED.iter().find(|(_, domain)| *domain == host).map(|(_, domain)| *domain)
    };
    if let Some((scheme, rest)) = address.split_once("://") {
        if !matches!(scheme, "git" | "http" | "git+ssh" | "git+https" | "ssh" | "https") {
            return None;
        }
        // `ssh://git@host:owner/name`: no port.
        let url = Url::parse(&format!("https://{rest}"))
            .or_else(|_| Url::parse(&format!("https://{}", rest.replacen(':', "/", 1))));
        let url = url.ok()?;
        return of(known(url.host_str()?)?, url.path());
    }
    if is_scp(address) {
        let (_, rest) = address.split_once('@')?;
        let (host, path) = rest.split_once(':')?;
        return of(known(host)?, path);
    }
    // `owner/name`.
    let plain = |part: &str| !part.is_empty() && !part.contains([':', '@', ' ']);
    match address.split('/').collect::<Vec<_>>()[..] {
        [owner, name] if plain(owner) && plain(name) && !owner.starts_with(['.', '~', '-']) => {
            of("github.com", address)
        }
        _ => None,
    }
}
