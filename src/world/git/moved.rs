//! Repositories that have moved: a forge answers for an owner's old name with a redirect to the new one.
//!
//! git could follow it, but would follow it anywhere. It is told not to (`http.followRedirects=false`), and
//! where a host redirects, the place that it names is read, checked like any other address, and asked by
//! that name from then on.

use futures::future::BoxFuture;
use url::Url;

use super::Git;
use super::address::Address;
use crate::source::repository::{NoAnswer, Repository};
use crate::world::hosts::lock;
use crate::world::process::{self, Bounds};

/// Redirects in a row.
const HOPS: usize = 5;
/// What git asks of a repository over HTTP first, and so what a redirect of a repository ends with.
const ASKED: &str = "/info/refs";

/// Whether git was turned away to another address.
pub(super) fn is_redirect(no: &NoAnswer) -> bool {
    let text = no.to_string();
    ["301", "302", "303", "307", "308"].iter().any(|code| text.contains(&format!("returned error: {code}")))
}

impl Git {
    /// The newest known address.
    pub(super) async fn newest(&self, mut address: Address) -> Result<Address, NoAnswer> {
        for _ in 0..HOPS {
            let Some(next) = lock(&self.0.moves).get(&address.url).cloned() else { break };
            address = self.checked(next).await?;
        }
        Ok(address)
    }

    pub(super) async fn checked(&self, url: String) -> Result<Address, NoAnswer> {
        let mut address = Address::new(&Repository(url), self.0.options.private_hosts)?;
        address.place = self.rewrites().await.address(&address.url);
        Ok(address)
    }

    /// Asks at the address, and where that redirects at the next one; `ask` is given each.
    pub(super) async fn following<'a, T>(
        &'a self,
        address: &Address,
        ask: impl Fn(Address) -> BoxFuture<'a, Result<T, NoAnswer>> + Send,
    ) -> Result<T, NoAnswer> {
        let mut address = self.newest(address.clone()).await?;
        for _ in 0..HOPS {
            match ask(address.clone()).await {
                Err(no) if is_redirect(&no) => address = self.next(&address).await?,
                said => return said,
            }
        }
        Err(unanswered(&address, "it redirects without end"))
    }

    /// Where the host says that the repository is; remembered.
    async fn next(&self, address: &Address) -> Result<Address, NoAnswer> {
        let mut ask = self.command(None);
        ask.env("GIT_TRACE_CURL", "1").env("GIT_TRACE_CURL_NO_DATA", "1");
        ask.args(["ls-remote", "--quiet", "--", &address.url, "HEAD"]);
        let bounds = Bounds { time: self.0.options.refs_timeout, output: self.0.options.output };
        let place = self.0.gate.acquire().await;
        let said = process::run_with(&mut ask, &[], bounds).await;
        drop(place);
        let said = said.map_err(|error| NoAnswer::Failed(error.to_string()))?;
        let location = location(&String::from_utf8_lossy(&said.stderr));
        let Some(next) = location.and_then(|location| target(&address.place, &location)) else {
            return Err(unanswered(address, "it redirects to what is no repository"));
        };
        // Within what the user's own rules lead to, the address keeps the name that they give it.
        let next = self.rewrites().await.named(&address.url, &next).unwrap_or(next);
        if address.url.starts_with("https:") && !next.starts_with("https:") {
            return Err(unanswered(address, "it redirects from https to what is less safe"));
        }
        let checked = self.checked(next).await?;
        lock(&self.0.moves).insert(address.url.clone(), checked.url.clone());
        Ok(checked)
    }
}

fn unanswered(address: &Address, why: &str) -> NoAnswer {
    NoAnswer::Unanswered { host: address.host.clone(), why: why.to_owned() }
}

/// The last `Location` that git's trace shows as received.
fn location(trace: &str) -> Option<String> {
    let header = |line: &str| {
        let (_, header) = line.split_once("<= Recv header: ")?;
        let (name, value) = header.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    };
    trace.lines().filter_map(header).next_back()
}

/// The repository that a redirect from `place` leads to; `None` where it is none: a login page, another scheme.
fn target(place: &str, location: &str) -> Option<String> {
    let asked: Url = format!("{}{ASKED}", place.trim_end_matches('/')).parse().ok()?;
    let mut url = asked.join(location).ok()?;
    let path = url.path().strip_suffix(ASKED)?.to_owned();
    let plain =
        matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    plain.then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_location_counts() {
        let trace = "1 http.c:8 <= Recv header: HTTP/2 301\n1 http.c:8 <= Recv header: location: /a/info/refs\n\
                     1 http.c:8 => Send header: Location: no\n1 http.c:8 <= Recv header: Location: https://h/b/info/refs?x\n";
        assert_eq!(location(trace).as_deref(), Some("https://h/b/info/refs?x"));
        assert_eq!(location("fatal: x"), None);
    }

    #[test]
    fn only_a_repository_is_a_target() {
        let to = |location| target("https://h.org/o/r", location);
        let asked = "?service=git-upload-pack";
        let whole = format!("https://h.org/n/r/info/refs{asked}");
        assert_eq!(to(&whole).as_deref(), Some("https://h.org/n/r"));
        assert_eq!(to("/o/r.git/info/refs").as_deref(), Some("https://h.org/o/r.git"));
        for bad in [
            "https://h.org/login",
            "file:///etc/info/refs",
            "https://u:p@h.org/r/info/refs",
            "ssh://h/info/refs",
        ] {
            assert_eq!(to(bad), None, "{bad}");
        }
    }
}
