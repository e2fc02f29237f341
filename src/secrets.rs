//! Secrets in text: whatever is shown passes through here, whoever wrote it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;
use url::Url;

/// Parameters of a URL's query that are shown with their values: what names a place in a repository. Of all others the
/// value may be a token, whatever they are called.
const SHOWN: [&str; 9] = ["rev", "tag", "branch", "ref", "subdirectory", "path", "semver", "name", "version"];
/// What a fragment names besides: hashes, names, parts of a repository.
const FRAGMENTS: [&str; 12] = [
    "egg",
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "blake2b",
    "commit",
    "workspace",
    "head",
    "cwd",
];
/// What parameters within a path are called that are a secret (`;token=`).
const WORDS: [&str; 6] = ["token", "secret", "passw", "auth", "sig", "key"];
/// Settings of npm that are a secret.
const SETTINGS: [&str; 3] = ["_authToken", "_password", "_auth"];
const HIDDEN: &str = "***";
/// Schemes after which parsers take any number of slashes.
const SCHEMES: [&str; 5] = ["http:", "https:", "ftp:", "ws:", "wss:"];

/// The text without the users and passwords of the URLs in it, and without the values of their queries. `git@` of ssh
/// is no secret and stays.
pub fn hidden(text: &str) -> Cow<'_, str> {
    without_bare_users(hidden_in_urls(text))
}

fn hidden_in_urls(text: &str) -> Cow<'_, str> {
    let text = match odd_slashes(text) {
        Some(odd) => Cow::Owned(without_odd_slashes(text, odd)),
        None => Cow::Borrowed(text),
    };
    if !text.contains("//") && !SETTINGS.iter().any(|name| text.contains(name)) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = next(rest) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let taken = if after.starts_with("//") { url(after, &mut out) } else { setting(after, &mut out) };
        rest = &after[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The text without the users and passwords of addresses that have no scheme: `user:password@host/`. What a package manager
/// writes before a name (`npm:a@1.0.0`) is none.
fn without_bare_users(text: Cow<'_, str>) -> Cow<'_, str> {
    const PREFIXES: [&str; 10] =
        ["npm", "jsr", "workspace", "patch", "portal", "link", "file", "catalog", "pkg", "git"];
    static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(^|[\s"'`(=\[,])([\w.%+-]+):[^\s"'`@/:]+@([A-Za-z0-9.-]+(?::\d+)?/)"#).ok()
    });
    let Some(bare) = BARE.as_ref().filter(|_| text.contains('@')) else { return text };
    let shown =
        bare.replace_all(&text, |found: &regex_lite::Captures<'_>| match PREFIXES.contains(&&found[2]) {
            true => found[0].to_owned(),
            false => format!("{}{}", &found[1], &found[3]),
        });
    match shown {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => Cow::Owned(shown),
    }
}

/// Where slashes stand behind a scheme of the web, of which parsers of URLs take any number for two (`https:/user@host`,
/// `https:user@host`, `https:\\user@host`), before what may be a secret.
fn odd_slashes(text: &str) -> Option<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let starts =
        SCHEMES.iter().flat_map(|scheme| lower.match_indices(scheme).map(|(at, _)| at + scheme.len()));
    let mut odd = starts.filter_map(|start| {
        let slashes = text[start..].find(|c| !matches!(c, '/' | '\\'))?;
        let rest = &text[start + slashes..];
        let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let is_odd = &text[start..start + slashes] != "//" && rest.contains(['@', '?']);
        is_odd.then_some(start..start + slashes)
    });
    let first = odd.next()?;
    Some(odd.fold(first, |first, other| if other.start < first.start { other } else { first }))
}

/// The same text with two slashes there, and wherever else there are others.
fn without_odd_slashes(text: &str, first: Range<usize>) -> String {
    let (mut out, mut rest, mut odd) = (String::with_capacity(text.len() + 2), text, Some(first));
    while let Some(range) = odd {
        out.push_str(&rest[..range.start]);
        out.push_str("//");
        rest = &rest[range.end..];
        odd = odd_slashes(rest);
    }
    out + rest
}

/// The URL without user, password, query and fragment: those may be secrets.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The same of a text that should be a URL; as it is where it is none.
pub fn shown_text(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |url| shown(&url))
}

/// Where the next URL begins, behind its scheme, or the next setting.
fn next(text: &str) -> Option<usize> {
    let settings = SETTINGS.iter().filter_map(|name| text.find(&format!("{name}=")));
    text.find("//").into_iter().chain(settings).min()
}

/// Where a URL in a text ends: at white space, or at a sign that text puts around it.
fn ends(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\' | '|' | '{' | '}')
}

/// Writes the URL that begins with these two slashes; how many bytes it has.
fn url(text: &str, out: &mut String) -> usize {
    if let Some(user) = odd_user(text, out) {
        out.push_str("//");
        return user;
    }
    let end = text.find(ends).unwrap_or(text.len());
    // Up to where another one begins (`https://proxy/https://host`), or a setting.
    let inner = text[2..end].find("://").map(|at| at + 3);
    let end = SETTINGS
        .iter()
        .filter_map(|name| text[..end].find(name))
        .chain(inner)
        .chain([end])
        .min()
        .unwrap_or(end);
    if let Some(user) = cut_user(text, end) {
        out.push_str("//");
        return user;
    }
    let split = |text: &'_ str, at: char| text.find(at).unwrap_or(text.len());
    let (whole, fragment) = text[..end].split_at(split(&text[..end], '#'));
    let (place, query) = whole.split_at(split(whole, '?'));
    out.push_str("//");
    let mut segments = without_user(&place[2..]).split(';');
    out.push_str(segments.next().unwrap_or_default());
    for segment in segments {
        out.push(';');
        let is_secret = |key: &str| WORDS.iter().any(|word| key.to_ascii_lowercase().contains(word));
        pair(segment, |key| !is_secret(key), out);
    }
    for (nth, one) in query.split(['?', '&']).enumerate().skip(1) {
        out.push(if nth == 1 { '?' } else { '&' });
        pair(one, |key| SHOWN.contains(&key), out);
    }
    for (nth, one) in fragment.split(['#', '&']).enumerate().skip(1) {
        out.push(if nth == 1 { '#' } else { '&' });
        pair(one, |key| SHOWN.contains(&key) || FRAGMENTS.contains(&key), out);
    }
    end
}

/// Writes `key=value`, the value only of a key that is shown.
fn pair(pair: &str, is_shown: impl Fn(&str) -> bool, out: &mut String) {
    match pair.split_once('=') {
        Some((key, value)) if !is_shown(key) && !value.is_empty() => {
            // What closes a bracket that is around the URL, or ends the sentence.
            let tail = value.trim_end_matches([')', ']', ',', '.', ';', ':']).len();
            out.extend([key, "=", HIDDEN, &value[tail..]]);
        }
        _ => out.push_str(pair),
    }
}

/// Bytes up to the host of a URL in whose password stands a sign that ends URLs elsewhere: a quote (no port is made of
/// letters), or a backslash before the `@`.
fn cut_user(text: &str, end: usize) -> Option<usize> {
    let (authority, rest) = (&text[2..end], &text[end..]);
    let rest = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    if authority.contains(['/', '@', '?', '#']) {
        return None;
    }
    let bare = rest.trim_start_matches('\\');
    if bare.len() < rest.len() && bare.starts_with('@') {
        return Some(end + rest.len() - bare.len() + 1);
    }
    let (host, port) = authority.split_once(':')?;
    let is_port = port.chars().all(|c| c.is_ascii_digit());
    // In a text that is quoted, with a backslash before it.
    let at = bare.starts_with(['"', '\'', '`']).then(|| rest.find('@')).flatten()?;
    (!is_port && !host.starts_with('[')).then_some(end + at + 1)
}

/// Bytes up to the host of a URL that stands in quotes, where white space is in its user or password: it is none, and is
/// quoted all the same.
fn odd_user(text: &str, before: &str) -> Option<usize> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+.-:".contains(c);
    let quote = before.trim_end_matches(is_scheme).chars().next_back().filter(|c| "\"'`".contains(*c))?;
    let end = text[2..].find(|c: char| c == quote || "/?#\\\n".contains(c)).map(|at| at + 2)?;
    let at = text[..end].rfind('@')?;
    text[..at].contains(char::is_whitespace).then_some(at + 1)
}

/// What follows the two slashes of a URL, without its user and password.
fn without_user(text: &str) -> &str {
    let authority = &text[..text.find(['/', '?', '#']).unwrap_or(text.len())];
    let host = match authority.rfind('@') {
        Some(at) => Some(at + 1),
        // A password with a slash in it is no part of a URL, and is written all the same. A port has digits alone.
        None => authority
            .split_once(':')
            .filter(|(host, port)| !host.starts_with('[') && !port.chars().all(|c| c.is_ascii_digit()))
            .and_then(|_| text.rfind('@'))
            .map(|at| at + 1),
    };
    match host {
        Some(host) if &text[..host] != "git@" => &text[host..],
        _ => text,
    }
}

/// Writes `name=***`; how many bytes the setting has.
fn setting(text: &str, out: &mut String) -> usize {
    let value = text.find('=').map_or(text.len(), |at| at + 1);
    let end = text[value..].find(ends).map_or(text.len(), |at| value + at);
    out.push_str(&text[..value]);
    // A variable's name is none.
    out.push_str(if text[value..end].starts_with('$') { &text[value..end] } else { HIDDEN });
    end
}

#[cfg(test)]
mod tests;
