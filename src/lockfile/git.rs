//! Git dependencies in every spelling that npm has written
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json#git-urls-as-dependencies>).

use url::Url;

use super::address::is_internal;
use super::keys::{self, Path};
use super::report::Report;
use crate::graph::npm::Origin;
use crate::npm::spec::HOSTED;
use crate::problem::{Problem, lockfile as problem};

/// Whether a spec means a git repository, whatever else is wrong with it.
pub fn is_git(spec: &str) -> bool {
    let address = spec.split('#').next().unwrap_or(spec);
    let Some((scheme, rest)) = address.split_once(':') else {
        // `owner/repository#commit`: GitHub, where it is no path.
        let parts: Vec<_> = address.split('/').collect();
        return parts.len() == 2 && spec.contains('#') && !address.starts_with(['.', '@', '~']);
    };
    match scheme {
        "git" | "ssh" => true,
        "http" | "https" => Url::parse(address).is_ok_and(|url| {
            let hosted = url.host_str().is_some_and(|host| hosted(host).is_some());
            url.path().ends_with(".git") || (hosted && url.path().trim_matches('/').split('/').count() == 2)
        }),
        _ => {
            scheme.starts_with("git+")
                || HOSTED.iter().any(|(word, _)| scheme == *word)
                || (scheme.contains('@') && !rest.starts_with('/'))
        }
    }
}

fn hosted(host: &str) -> Option<&'static str> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    HOSTED.iter().find(|(_, domain)| host.eq_ignore_ascii_case(domain)).map(|(_, domain)| *domain)
}

/// Reads a git spec: the address as git takes it, and the commit. On the known hosts the address is
/// the public `https://host/owner/name`, because npm writes `git+ssh` even for public repositories.
pub fn origin(report: &Report<'_>, location: &str, spec: &str) -> Result<Origin, Problem> {
    let unusable = |why: &str| problem::unusable_git(report.file, location, &without_secret(spec), why);
    let (address, committish) = match spec.split_once('#') {
        Some((address, committish)) => (address, committish),
        None => (spec, ""),
    };
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~/:@+%=,!".contains(c);
    if !address.chars().all(safe) {
        return Err(unusable("holds characters that are in no repository's address"));
    }
    let url = repository(report, location, address, &unusable)?;
    let (commit, subdirectory) = committish_parts(report, location, spec, committish)?;
    Ok(Origin::Git { url, commit, subdirectory })
}

/// The address of a repository as git takes it, from any URL or shortcut; `unusable` makes the problem of one that
/// cannot be used.
pub fn repository(
    report: &Report<'_>,
    location: &str,
    address: &str,
    unusable: &dyn Fn(&str) -> Problem,
) -> Result<String, Problem> {
    let url = Url::parse(&as_url(address)).map_err(|error| unusable(&format!("cannot be read ({error})")))?;
    if !matches!(url.scheme(), "https" | "http" | "ssh" | "git") {
        return Err(unusable("has a scheme that is not fetched"));
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let internal = url.host().is_none_or(|host| is_internal(&host));
    if host.is_empty() || host.starts_with('-') || url.path().trim_matches('/').is_empty() {
        return Err(unusable("names no repository"));
    }
    if internal && !report.trusts(&url) {
        return Err(problem::internal_address(report.file, location, &host));
    }
    // `git@` is part of an ssh address and means nobody; any other user of an https one may be a token.
    let user_is_secret = url.scheme() != "ssh" && !matches!(url.username(), "" | "git");
    if url.password().is_some() || user_is_secret {
        return Err(problem::credentials_in_url(report.file, location, &host));
    }
    if url.username().starts_with('-') {
        return Err(unusable("has a user that begins with a dash"));
    }
    let path = url.path().trim_matches('/');
    if let Some(domain) = hosted(&host) {
        return Ok(format!("https://{domain}/{}", path.strip_suffix(".git").unwrap_or(path)));
    }
    let user = if url.scheme() == "ssh" && !url.username().is_empty() {
        format!("{}@", url.username())
    } else {
        String::new()
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("{}://{user}{host}{port}/{path}", url.scheme()))
}

/// Shortcuts and scp-like addresses as URLs.
fn as_url(address: &str) -> String {
    let address = address.strip_prefix("git+").unwrap_or(address);
    let Some((scheme, rest)) = address.split_once(':') else {
        return format!("https://github.com/{address}");
    };
    if let Some((_, domain)) = HOSTED.iter().find(|(word, _)| *word == scheme) {
        return format!("https://{domain}/{rest}");
    }
    let (scheme, rest) = match rest.strip_prefix("//") {
        None if scheme.contains('@') => return format!("ssh://{scheme}/{rest}"),
        None => return address.to_owned(),
        Some(rest) => (scheme, rest),
    };
    // `ssh://git@host:owner/name.git`: what follows the colon is a path unless it is a port.
    if scheme == "ssh"
        && let Some((before, after)) = rest.split_once(':')
        && !before.contains('/')
        && !after
            .split('/')
            .next()
            .is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
        && !after.contains('@')
    {
        return format!("ssh://{before}/{after}");
    }
    address.to_owned()
}

/// `<commit>`, with `semver:<range>` and `path:<folder>` joined by `::`.
fn committish_parts(
    report: &Report<'_>,
    location: &str,
    spec: &str,
    committish: &str,
) -> Result<(String, Option<String>), Problem> {
    let mut commit = None;
    let mut subdirectory = None;
    for part in committish.split("::") {
        match part.split_once(':') {
            Some(("path", folder)) => match keys::project_path(folder.trim_start_matches('/')) {
                Path::Inside(folder) if folder.is_root() => {}
                Path::Inside(folder) => subdirectory = Some(folder.as_str().to_owned()),
                Path::Outside | Path::Unsafe(_) => {
                    let why = "has a path: that leads out of the repository";
                    return Err(problem::unusable_git(report.file, location, &without_secret(spec), why));
                }
            },
            Some(_) => {}
            None if commit.is_some() => {
                let why = "names two commits";
                return Err(problem::unusable_git(report.file, location, &without_secret(spec), why));
            }
            None => commit = Some(part),
        }
    }
    match commit.filter(|commit| is_full(commit)) {
        Some(commit) => Ok((commit.to_ascii_lowercase(), subdirectory)),
        None => Err(problem::unpinned_git(report.file, location, &without_secret(spec))),
    }
}

/// Whether text is a whole commit id (SHA-1).
pub fn is_full(commit: &str) -> bool {
    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The repository and commit of an archive that a forge makes of a commit: the commit is what is pinned, as the archive may
/// come out otherwise tomorrow.
pub fn of_forge(tarball: &str) -> Option<(String, &str)> {
    let path = tarball.strip_prefix("https://codeload.github.com/")?;
    let (repository, commit) = path.split_once("/tar.gz/")?;
    let is_repository = repository.split('/').count() == 2;
    (is_repository && is_full(commit)).then(|| (format!("https://github.com/{repository}"), commit))
}

/// The spec without what stands between `//` and `@`, which may be a secret.
pub fn without_secret(spec: &str) -> String {
    let Some((scheme, rest)) = spec.split_once("//") else { return spec.to_owned() };
    let authority = rest.split(['/', '#']).next().unwrap_or(rest);
    match authority.rfind('@') {
        Some(at) if &authority[..at] != "git" => format!("{scheme}//***{}", &rest[at..]),
        _ => spec.to_owned(),
    }
}
