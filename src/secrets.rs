//! Secrets in text: whatever is shown passes through here, whoever wrote it.

use std::borrow::Cow;

use url::Url;

/// Parameters of a URL's query that are shown with their values: what names a place in a repository. Of all others the
/// value may be a token, whatever they are called.
const SHOWN: [&str; 9] = ["rev", "tag", "branch", "ref", "subdirectory", "path", "semver", "name", "version"];
/// Settings of npm that are a secret.
const SETTINGS: [&str; 3] = ["_authToken", "_password", "_auth"];
const HIDDEN: &str = "***";

/// The text without the users and passwords of the URLs in it, and without the values of their queries. `git@` of ssh
/// is no secret and stays.
pub fn hidden(text: &str) -> Cow<'_, str> {
    if !text.contains("//") && !SETTINGS.iter().any(|name| text.contains(name)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = next(rest) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let taken = if after.starts_with("//") { url(after, &mut out) } else { setting(after, &mut out) };
        rest = &after[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
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
    let whole = &text[..end];
    let (place, query) = match whole.find('?') {
        Some(at) => whole.split_at(at),
        None => (whole, ""),
    };
    out.push_str("//");
    out.push_str(without_user(&place[2..]));
    let (query, fragment) = match query.find('#') {
        Some(at) => query.split_at(at),
        None => (query, ""),
    };
    for (nth, pair) in query.split(['?', '&']).enumerate().skip(1) {
        out.push(if nth == 1 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((key, value)) if !SHOWN.contains(&key) && !value.is_empty() => {
                // What closes a bracket that is around the URL, or ends the sentence.
                let tail = value.trim_end_matches([')', ']', ',', '.', ';', ':']).len();
                out.extend([key, "=", HIDDEN, &value[tail..]]);
            }
            _ => out.push_str(pair),
        }
    }
    out.push_str(fragment);
    end
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
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords() {
        for (text, expected) in [
            ("https://user:s3cr3t@example.org/x", "https://example.org/x"),
            ("git+https://s3cr3t@example.org/x.git@main#egg=a", "git+https://example.org/x.git@main#egg=a"),
            ("see \"http://a:b@[::1]:80/\", or 'ftp://u@h'", "see \"http://[::1]:80/\", or 'ftp://h'"),
            ("https://a:s3@cr3t@example.org", "https://example.org"),
            ("https://a:s3/cr3t@example.org/x", "https://example.org/x"),
            ("//user:s3cr3t@example.org/", "//example.org/"),
            ("\"https://us er:s3cr3t@example.org/\"", "\"https://example.org/\""),
            ("ssh://git@example.org/o/r", "ssh://git@example.org/o/r"),
            ("ssh://git:s3cr3t@example.org/o/r", "ssh://example.org/o/r"),
            ("https://u:p@a.example,https://v:q@b.example", "https://a.example,https://b.example"),
            ("https://p.example/https://u:s3cr3t@e.org/x", "https://p.example/https://e.org/x"),
            (
                "{\"url\":\"https://u:p@a.example/\",\"b\":\"c@d\"}",
                "{\"url\":\"https://a.example/\",\"b\":\"c@d\"}",
            ),
            ("https://U%73er:%40@example.org/", "https://example.org/"),
        ] {
            assert_eq!(hidden(text), expected);
        }
    }

    #[test]
    fn tokens_in_queries() {
        for (text, expected) in [
            ("https://e.org/a?token=s3cr3t", "https://e.org/a?token=***"),
            ("https://e.org/a?X-Sig=s3cr3t&tag=v1#sha256=ab", "https://e.org/a?X-Sig=***&tag=v1#sha256=ab"),
            ("(https://e.org/a?k=s3cr3t).", "(https://e.org/a?k=***)."),
            ("git+https://e.org/a?rev=0123&branch=x", "git+https://e.org/a?rev=0123&branch=x"),
            ("https://e.org/?a&b=", "https://e.org/?a&b="),
            ("//e.org/:_authToken=s3cr3t", "//e.org/:_authToken=***"),
            ("_authToken=s3cr3t and _auth=${TOKEN}", "_authToken=*** and _auth=${TOKEN}"),
        ] {
            assert_eq!(hidden(text), expected);
        }
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "a@1.0.0 and @scope/b@2: https://e.org/@scope/b@2/-/b-2.tgz",
            "http://127.0.0.1:4873/x@y http://[::1]/@scope/x",
            "// a comment: mail me@example.org",
            "is it this? or a?b=c",
            "file:///a/b",
            "",
        ] {
            assert_eq!(hidden(text), text);
        }
        let once = hidden("https://u:p@e.org/?a=b").into_owned();
        assert_eq!(hidden(&once), once);
    }
}
