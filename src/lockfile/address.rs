//! URLs: what may be fetched, and from where.

use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::report::Report;
use crate::problem::{Problem, lockfile as problem};

/// Reads an http(s) URL of an artifact. Refused: credentials (they would end in the store, readable by
/// everyone), addresses of the own machine or network unless the registry is configured there, and text
/// that URL parsers would silently change. The fragment is dropped: it is never sent.
pub fn artifact(report: &Report<'_>, location: &str, text: &str) -> Result<Url, Problem> {
    let file = report.file;
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(problem::invalid_url(
            file,
            location,
            text,
            "it holds spaces, control characters or backslashes",
        ));
    }
    let mut url =
        Url::parse(text).map_err(|error| problem::invalid_url(file, location, text, &error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem::credentials_in_url(file, location, url.host_str().unwrap_or_default()));
    }
    if !report.trusts(&url) && url.host().is_none_or(|host| is_internal(&host)) {
        return Err(problem::internal_address(file, location, text));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Whether a host is this machine or of a private network, in any spelling.
pub fn is_internal(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => internal_v4(*address),
        Host::Ipv6(address) => internal_v6(*address),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            // Schemes other than http leave numbers unread, and resolvers take `2130706433` for 127.0.0.1.
            match Host::parse(&name) {
                Ok(Host::Ipv4(address)) => internal_v4(address),
                Ok(Host::Ipv6(address)) => internal_v6(address),
                Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                Err(_) => true,
            }
        }
    }
}

fn internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        // 0.0.0.0/8 is "this network", 100.64.0.0/10 is shared by carriers (RFC 6598).
        || a == 0
        || (a == 100 && (64..128).contains(&b))
}

fn internal_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // ::a.b.c.d, ::ffff:a.b.c.d and 64:ff9b::a.b.c.d carry an IPv4 address.
    let carried = match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    };
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast()
        || carried.is_some_and(internal_v4)
}

/// Name and version of a URL of the layout that registries use: `<any base>/<name>/-/<base>-<version>.tgz`,
/// where some (GitLab) repeat the scope after `/-/`.
pub fn registry_layout(url: &Url) -> Option<(String, String)> {
    let path = percent_decode_str(url.path()).decode_utf8().ok()?;
    let (before, tarball) = path.rsplit_once("/-/")?;
    let mut parts = before.rsplit('/');
    let base = parts.next().filter(|base| !base.is_empty())?;
    let scope = parts.next().filter(|part| part.starts_with('@'));
    let tarball = match (scope, tarball.split_once('/')) {
        (Some(scope), Some((again, tarball))) if again == scope => tarball,
        _ => tarball,
    };
    let version = tarball.strip_prefix(base)?.strip_prefix('-')?.strip_suffix(".tgz")?;
    let plain = !version.is_empty() && !version.contains('/');
    plain.then(|| {
        let name = scope.map_or_else(|| base.to_owned(), |scope| format!("{scope}/{base}"));
        (name, version.to_owned())
    })
}
