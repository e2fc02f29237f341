//! The user's `url.<base>.insteadOf`: which host an address really leads to. Repositories of one host in
//! name may lie at many in fact, and one that is down says nothing about the others.

use url::Url;

/// Rules as git has them: what an address begins with, and what stands in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rewrites(Vec<(String, String)>);

impl Rewrites {
    /// Reads what `git config --null --get-regexp '^url\..*\.insteadof$'` prints: key, newline, value.
    pub fn parse(output: &[u8]) -> Self {
        let text = String::from_utf8_lossy(output);
        let rules = text.split('\0').filter_map(|entry| {
            let (key, prefix) = entry.split_once('\n')?;
            let base = key.strip_prefix("url.")?.strip_suffix(".insteadof")?;
            Some((prefix.to_owned(), base.to_owned()))
        });
        Self(rules.collect())
    }

    /// The longest rule that applies.
    fn rule(&self, url: &str) -> Option<&(String, String)> {
        self.0.iter().filter(|(prefix, _)| url.starts_with(prefix)).max_by_key(|(prefix, _)| prefix.len())
    }

    /// The address that git would ask.
    pub fn address(&self, url: &str) -> String {
        match self.rule(url) {
            Some((prefix, base)) => format!("{base}{}", &url[prefix.len()..]),
            None => url.to_owned(),
        }
    }

    /// The name by which a place is asked for, where it lies within what the rule for `url` leads to.
    pub fn named(&self, url: &str, place: &str) -> Option<String> {
        let (prefix, base) = self.rule(url)?;
        Some(format!("{prefix}{}", place.strip_prefix(base.as_str())?))
    }

    /// The host that git would ask for the address; `given` where no rule applies, or where the rule leads
    /// to a place without a host.
    pub fn host(&self, url: &str, given: &str) -> String {
        let Some((_, base)) = self.rule(url) else { return given.to_owned() };
        let place = Url::parse(base).ok().and_then(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            url.host_str().filter(|host| !host.is_empty()).map(|host| format!("{host}{port}"))
        });
        place.unwrap_or_else(|| base.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_says_where_an_address_leads() {
        let rules = Rewrites::parse(
            b"url.https://mirror.example:8443/gh/.insteadof\nhttps://forge.example/\0\
              url.file:///srv/one.insteadof\nhttps://forge.example/o/one\0",
        );
        let host = |url| rules.host(url, "given");
        assert_eq!(host("https://forge.example/o/two"), "mirror.example:8443");
        assert_eq!(host("https://forge.example/o/one"), "file:///srv/one");
        assert_eq!(host("https://other.example/o/one"), "given");
        assert_eq!(rules.address("https://forge.example/o/two"), "https://mirror.example:8443/gh/o/two");
        assert_eq!(rules.address("https://other.example/o/one"), "https://other.example/o/one");
        let named = |place| rules.named("https://forge.example/o/two", place);
        assert_eq!(
            named("https://mirror.example:8443/gh/n/two").as_deref(),
            Some("https://forge.example/n/two")
        );
        assert_eq!(named("https://mirror.example:8443/other"), None);
    }
}
