//! Where a URL leads: to the public, or to this machine and its neighbours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether the URL is plainly not public: by its name, or by an address written in it. A name that someone
/// lets point to a private address is found by [`resolves_private`].
pub fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => private_v4(address),
        Some(Host::Ipv6(address)) => private_v6(address),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or_default();
            !name.contains('.') || ["localhost", "local", "internal", "lan", "arpa"].contains(&last)
        }
        None => true,
    }
}

/// Whether the host's name resolves to an address that is not public. Behind a proxy nothing may resolve
/// here: then it is for the proxy to refuse.
pub(super) async fn resolves_private(url: &Url) -> bool {
    let (Some(Host::Domain(name)), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return is_private(url);
    };
    match tokio::net::lookup_host((name, port)).await {
        Ok(mut addresses) => is_private(url) || addresses.any(|address| private(address.ip())),
        Err(_) => is_private(url),
    }
}

/// An http or https address that others may be relative to: its path ends in `/`, nothing follows it.
pub fn root(text: &str) -> Option<Url> {
    let mut url: Url = text.trim().parse().ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some(url)
}

/// Scheme, host and port are the same (RFC 6454).
pub fn same_origin(left: &Url, right: &Url) -> bool {
    left.scheme() == right.scheme()
        && left.host() == right.host()
        && left.port_or_known_default() == right.port_or_known_default()
}

fn private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => private_v4(address),
        IpAddr::V6(address) => private_v6(address),
    }
}

fn private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || first == 100 && (64..128).contains(&second) // shared address space, RFC 6598
}

fn private_v6(address: Ipv6Addr) -> bool {
    address.to_ipv4().is_some_and(private_v4)
        || address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_places() {
        let private = |text: &str| is_private(&text.parse().unwrap());
        for text in [
            "http://localhost/",
            "http://a.localhost/",
            "http://127.1/",
            "http://10.0.0.1/",
            "http://[::1]/",
            "http://169.254.169.254/",
            "http://[::ffff:127.0.0.1]/",
            "http://0/",
            "http://router/",
            "http://metadata.google.internal/",
            "http://2130706433/",
            "http://[fd00::1]/",
            "http://localhost./",
        ] {
            assert!(private(text), "{text}");
        }
        for text in ["https://example.org/", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
            assert!(!private(text), "{text}");
        }
    }

    #[test]
    fn origins() {
        let same = |left: &str, right: &str| same_origin(&left.parse().unwrap(), &right.parse().unwrap());
        assert!(same("https://example.org/a", "https://EXAMPLE.org:443/b"));
        assert!(!same("https://example.org/", "http://example.org/"));
        assert!(!same("https://example.org/", "https://example.org:8443/"));
        assert!(!same("https://example.org/", "https://example.org.evil.example/"));
    }
}
