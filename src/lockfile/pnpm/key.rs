//! The keys of entries: what they name, how dependencies mean them, and the folders that pnpm makes of them.

use sha2::{Digest, Sha256};

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `/react/17.0.2_peer@1.0.0`: lockfiles of version 5.
    Slash,
    /// `/react@17.0.2(peer@1.0.0)`: version 6.
    SlashAt,
    /// `react@17.0.2(peer@1.0.0)`: version 9.
    Plain,
}

/// Characters of the name of a folder (`virtualStoreDirMaxLength`).
const MAX_FOLDER: usize = 120;

impl Format {
    /// The key that the dependency `alias: value` means; `None` for a link to a folder.
    pub fn key_of(self, alias: &str, value: &str) -> Option<String> {
        if value.starts_with("link:") {
            return None;
        }
        let is_key = match self {
            Self::Plain => {
                // `name@version` is an alias; an `@` of a URL or of a peer comes later.
                value.find('@').is_some_and(|at| value.find([':', '(']).is_none_or(|other| at < other))
            }
            Self::Slash | Self::SlashAt => {
                let own = value.split('(').next().unwrap_or(value);
                value.starts_with("file:") || own.contains('/')
            }
        };
        Some(match self {
            _ if is_key => value.to_owned(),
            Self::Plain => format!("{alias}@{value}"),
            Self::SlashAt => format!("/{alias}@{value}"),
            Self::Slash => format!("/{alias}/{value}"),
        })
    }

    /// The name and the version (or where it is from) that a key says; `None` where its entry must say them.
    pub fn named(self, key: &str) -> Option<(&str, &str)> {
        let bare = self.bare(key);
        match self {
            Self::Plain => split(bare, '@'),
            Self::SlashAt => split(bare.strip_prefix('/')?, '@'),
            Self::Slash => bare.strip_prefix('/')?.rsplit_once('/'),
        }
    }

    /// A key without what follows from peers and patches: what a package is known by.
    pub fn bare(self, key: &str) -> &str {
        match self {
            Self::Plain | Self::SlashAt => &key[..suffix(key).unwrap_or(key.len())],
            // Peers have `+` in the place of `/`, and no version has an underscore.
            Self::Slash => {
                let last = key.rfind('/').map_or(0, |at| at + 1);
                key[last..].find('_').map_or(key, |at| &key[..last + at])
            }
        }
    }

    /// The folder in `node_modules/.pnpm` (pnpm's `depPathToFilename`, as pnpm 10 has it: others hash long names in
    /// another way, which nothing depends on).
    pub fn folder(self, key: &str) -> String {
        let plain = match self {
            Self::Slash => {
                let bare = self.bare(key);
                match bare.strip_prefix('/').and_then(|bare| bare.rsplit_once('/')) {
                    Some((name, version)) => format!("{name}@{version}{}", &key[bare.len()..]),
                    None => key.to_owned(),
                }
            }
            Self::SlashAt => key.strip_prefix('/').unwrap_or(key).to_owned(),
            Self::Plain => key.to_owned(),
        };
        let mut name: String =
            plain.chars().map(|c| if "\\/:*?\"<>|#".contains(c) { '+' } else { c }).collect();
        if name.contains('(') {
            let name_only = name.strip_suffix(')').unwrap_or(&name);
            name = name_only.replace(")(", "_").replace(['(', ')'], "_");
        }
        let has_capitals = name.to_lowercase() != name && !name.starts_with("file+");
        if name.chars().count() <= MAX_FOLDER && !has_capitals {
            return name;
        }
        let hash = hex::encode(Sha256::digest(name.as_bytes()));
        let kept: String = name.chars().take(MAX_FOLDER - 33).collect();
        format!("{kept}_{}", &hash[..32])
    }
}

/// The hash of the patch that a key names.
pub fn patch_hash(key: &str) -> Option<&str> {
    let (_, rest) = key[suffix(key)?..].split_once("(patch_hash=")?;
    rest.split(')').next()
}

/// A name, which may have a scope, and what is behind it.
fn split(text: &str, by: char) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find(by)? + 1;
    Some((&text[..at], &text[at + 1..]))
}

/// Where the groups in parentheses begin that a key ends with (pnpm's `indexOfDepPathSuffix`): a folder's name may have
/// parentheses of its own.
fn suffix(key: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut start = None;
    for (at, c) in key.char_indices().rev() {
        match c {
            ')' => open += 1,
            '(' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    start = Some(at);
                }
            }
            _ if open == 0 => return start,
            _ => {}
        }
    }
    start.filter(|_| open == 0)
}

#[cfg(test)]
mod tests {
    use super::Format::{Plain, Slash, SlashAt};
    use super::*;

    #[test]
    fn a_dependency_means_a_key() {
        for (format, alias, value, key) in [
            (Plain, "react", "17.0.2", "react@17.0.2"),
            (Plain, "x", "1.2.0(react@17.0.2)", "x@1.2.0(react@17.0.2)"),
            (Plain, "odd", "is-odd@3.0.1", "is-odd@3.0.1"),
            (Plain, "odd", "@s/is-odd@3.0.1(a@1.0.0)", "@s/is-odd@3.0.1(a@1.0.0)"),
            (Plain, "@fx/b", "file:packages/b(react@17.0.2)", "@fx/b@file:packages/b(react@17.0.2)"),
            (Plain, "g", "git+https://git@host/o/r#abc", "g@git+https://git@host/o/r#abc"),
            (
                Plain,
                "g",
                "https://codeload.github.com/o/r/tar.gz/a",
                "g@https://codeload.github.com/o/r/tar.gz/a",
            ),
            (SlashAt, "react", "17.0.2", "/react@17.0.2"),
            (SlashAt, "x", "1.0.0(@s/y@1.0.0)", "/x@1.0.0(@s/y@1.0.0)"),
            (SlashAt, "odd", "/is-odd@3.0.1", "/is-odd@3.0.1"),
            (SlashAt, "loc", "file:loc", "file:loc"),
            (SlashAt, "g", "github.com/o/r/abc", "github.com/o/r/abc"),
            (Slash, "react", "17.0.2_x@1.0.0", "/react/17.0.2_x@1.0.0"),
            (Slash, "odd", "/is-odd/3.0.1", "/is-odd/3.0.1"),
        ] {
            assert_eq!(format.key_of(alias, value).as_deref(), Some(key), "{value}");
        }
        for format in [Plain, SlashAt, Slash] {
            assert_eq!(format.key_of("b", "link:../b"), None);
        }
    }

    #[test]
    fn a_key_says_name_and_version() {
        for (format, key, name, version) in [
            (Plain, "react@17.0.2", "react", "17.0.2"),
            (Plain, "@s/x@1.0.0(a@1.0.0(b@2.0.0))(@c/d@3.0.0)", "@s/x", "1.0.0"),
            (Plain, "b@file:packages/b(2)/c", "b", "file:packages/b(2)/c"),
            (Plain, "b@file:packages/b(react@17.0.2)", "b", "file:packages/b"),
            (Plain, "x@1.0.0(patch_hash=abc)(a@1.0.0)", "x", "1.0.0"),
            (SlashAt, "/@s/x@1.0.0(a@1.0.0)", "@s/x", "1.0.0"),
            (Slash, "/@s/x/1.0.0_a@1.0.0", "@s/x", "1.0.0"),
            (Slash, "/@s_t/x_y/1.0.0_@a+b@1.0.0+c@2.0.0", "@s_t/x_y", "1.0.0"),
            (Slash, "/x/1.0.0_@a_b+c@1.0.0_@d+e@1.0.0", "x", "1.0.0"),
        ] {
            assert_eq!(format.named(key), Some((name, version)), "{key}");
        }
        for (format, key) in
            [(SlashAt, "file:loc"), (Slash, "github.com/o/r/abc"), (Plain, "x"), (Plain, "@s/x"), (Plain, "")]
        {
            assert_eq!(format.named(key), None, "{key}");
        }
        assert_eq!(patch_hash("x@1.0.0(patch_hash=abc)(a@1.0.0)"), Some("abc"));
        assert_eq!(patch_hash("x@1.0.0(a@1.0.0)"), None);
        // Parentheses that do not match are no suffix.
        for odd in [")", "(", "x@1)", "x@1(", "x@1)(", "x@1(()", "(a)"] {
            _ = Plain.bare(odd);
            _ = patch_hash(odd);
        }
    }

    #[test]
    fn the_folders_of_keys() {
        for (format, key, folder) in [
            (Plain, "react@17.0.2", "react@17.0.2"),
            (Plain, "@s/x@1.0.0(a@1.0.0(b@2.0.0))(@c/d@3.0.0)", "@s+x@1.0.0_a@1.0.0_b@2.0.0__@c+d@3.0.0"),
            (Plain, "b@file:packages/b(react@17.0.2)", "b@file+packages+b_react@17.0.2"),
            (
                Plain,
                "g@https://codeload.github.com/o/r/tar.gz/a#b",
                "g@https+++codeload.github.com+o+r+tar.gz+a+b",
            ),
            (Plain, "JSONStream@1.3.5", "JSONStream@1.3.5_fb8f73c374dcf7070ffed90b688edabd"),
            (SlashAt, "/x@1.2.0(react@17.0.2)", "x@1.2.0_react@17.0.2"),
            (SlashAt, "file:Loc", "file+Loc"),
            (Slash, "/is-odd/3.0.1_vcw32qrzjitrrjmrc44d5bx3cu", "is-odd@3.0.1_vcw32qrzjitrrjmrc44d5bx3cu"),
            (Slash, "/@s/x/1.0.0_@a+b@1.0.0", "@s+x@1.0.0_@a+b@1.0.0"),
        ] {
            assert_eq!(format.folder(key), folder, "{key}");
        }
        let long = format!("x@1.0.0({}@1.0.0)", "y".repeat(200));
        assert_eq!(Plain.folder(&long).len(), MAX_FOLDER);
    }
}
