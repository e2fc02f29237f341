//! `resolution` of yarn 2 and later: `name@protocol:...`, and what of it says where the files are.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::entry::split;

/// What a resolution names.
#[derive(Debug, PartialEq, Eq)]
pub enum Reference<'r> {
    /// A version of a registry, with the address where that is no usual one.
    Registry {
        version: &'r str,
        url: Option<Cow<'r, str>>,
    },
    /// A folder of the project; `links` are those that yarn takes as they are, with nothing that they depend on.
    Folder {
        path: String,
        is_link: bool,
    },
    /// A copy of a folder or an archive of the project.
    Copied(String),
    /// A repository or an archive: an address, perhaps with a commit.
    Address {
        url: &'r str,
        commit: Option<&'r str>,
        folder: Option<&'r str>,
        is_of_workspace: bool,
    },
    /// Another package, changed by a patch of the project.
    Patched {
        of: Cow<'r, str>,
        patch: Option<(String, &'r str)>,
    },
    /// One of several packages that it depends on (`condition:`).
    Choice,
    Other,
}

impl<'r> Reference<'r> {
    /// Reads what follows `name@`.
    pub fn of(text: &'r str) -> Self {
        let (plain, parameters) = text.split_once("::").unwrap_or((text, ""));
        let parameter = |name: &str| {
            let pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
        };
        let home =
            || parameter("locator").map(decoded).map(|locator| folder_of(&locator)).unwrap_or_default();
        // What leads out of the project stays as it is, to be refused.
        let from_home = |path: &str| match path.starts_with(['/', '~']) {
            true => path.to_owned(),
            false => format!("{}/{path}", home()),
        };
        match plain.split_once(':') {
            Some(("npm", version)) => Self::Registry { version, url: parameter("__archiveUrl").map(decoded) },
            Some(("workspace", path)) => Self::Folder { path: path.to_owned(), is_link: false },
            Some(("link", path)) => Self::Folder { path: from_home(path), is_link: true },
            Some(("portal", path)) => Self::Folder { path: from_home(path), is_link: false },
            Some(("file", path)) => Self::Copied(from_home(path.split('#').next().unwrap_or(path))),
            Some(("patch", rest)) => {
                let (source, paths) = rest.split_once('#').unwrap_or((rest, ""));
                let own = |path: &&str| !path.contains("builtin<");
                let hash = parameter("hash").unwrap_or_default();
                let patch = paths.split('&').filter(|path| !path.is_empty()).find(own).map(|path| {
                    let path = path.trim_start_matches("optional!").trim_start_matches('~');
                    // `~/` is from the project, anything else from who asks.
                    (path.strip_prefix('/').map_or_else(|| from_home(path), str::to_owned), hash)
                });
                Self::Patched { of: decoded(source), patch }
            }
            Some(("condition", _)) => Self::Choice,
            Some(("http" | "https" | "ssh" | "git" | "git+ssh" | "git+https" | "git+http", _)) => {
                address(plain)
            }
            _ if plain.starts_with("git@") => address(plain),
            _ => Self::Other,
        }
    }
}

fn address(text: &str) -> Reference<'_> {
    let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
    let part = |name: &str| {
        let pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
    };
    let is_of_workspace = part("workspace").is_some();
    Reference::Address { url, commit: part("commit"), folder: part("cwd"), is_of_workspace }
}

/// The folder of the project that a locator is about; the project's own for a package.
fn folder_of(locator: &str) -> String {
    let folder = split(locator).and_then(|(_, reference)| reference.strip_prefix("workspace:"));
    folder.unwrap_or_default().to_owned()
}

/// Text of a locator or a parameter, without its `%XX`.
pub fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// As yarn writes a locator into a parameter (`encodeURIComponent`).
pub fn encoded(text: &str) -> String {
    const KEPT: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'!')
        .remove(b'~')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    percent_encoding::utf8_percent_encode(text, &KEPT).to_string()
}

/// As yarn writes a range into that of a patch.
pub fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_of_every_protocol() {
        let folder = |path: &str, is_link| Reference::Folder { path: path.to_owned(), is_link };
        let git = |commit, folder, is_of_workspace| Reference::Address {
            url: "https://example.org/o/r.git",
            commit,
            folder,
            is_of_workspace,
        };
        let patched = |of: &'static str, patch: Option<(&str, &'static str)>| Reference::Patched {
            of: of.into(),
            patch: patch.map(|(path, hash)| (path.to_owned(), hash)),
        };
        for (text, expected) in [
            ("npm:1.0.0", Reference::Registry { version: "1.0.0", url: None }),
            (
                "npm:1.0.0::__archiveUrl=https%3A%2F%2Fexample.org%2Fx.tgz",
                Reference::Registry { version: "1.0.0", url: Some("https://example.org/x.tgz".into()) },
            ),
            ("workspace:packages/a", folder("packages/a", false)),
            ("link:./x::locator=a%40workspace%3Apackages%2Fa", folder("packages/a/./x", true)),
            ("portal:../x::locator=a%40workspace%3A.", folder("./../x", false)),
            ("file:./x#./x::hash=d2d343&locator=a%40workspace%3A.", Reference::Copied("././x".to_owned())),
            ("https://example.org/o/r.git#commit=abc", git(Some("abc"), None, false)),
            ("https://example.org/o/r.git#commit=abc&cwd=x", git(Some("abc"), Some("x"), false)),
            ("https://example.org/o/r.git#workspace=x&commit=abc", git(Some("abc"), None, true)),
            (
                "patch:a@npm%3A1.0.0#optional!builtin<compat/a>::version=1.0.0&hash=df0bf1",
                patched("a@npm:1.0.0", None),
            ),
            (
                "patch:a@npm%3A1.0.0#~/.yarn/p.patch::version=1.0.0&hash=068949",
                patched("a@npm:1.0.0", Some((".yarn/p.patch", "068949"))),
            ),
            (
                "patch:a@npm%3A1.0.0#./p.patch::version=1.0.0&hash=068949&locator=a%40workspace%3Ab",
                patched("a@npm:1.0.0", Some(("b/./p.patch", "068949"))),
            ),
            ("condition:X?:^1#abc", Reference::Choice),
            ("exec:./x.js#./x.js::hash=1", Reference::Other),
            ("", Reference::Other),
        ] {
            assert_eq!(Reference::of(text), expected, "{text}");
        }
    }

    #[test]
    fn locators_are_written_as_yarn_writes_them() {
        assert_eq!(encoded("@s/a-b@workspace:packages/a"), "%40s%2Fa-b%40workspace%3Apackages%2Fa");
    }
}
