//! Paths of archive entries.

use super::TarballError;

/// Bytes of a path, and of one name in it, that Linux and macOS can hold.
const PATH: usize = 4096;
const NAME: usize = 255;

/// The path without its first component, `.` and empty parts left out; `None` where nothing is left.
pub(crate) fn stripped(raw: &[u8]) -> Result<Option<String>, TarballError> {
    let parts = checked(raw)?;
    Ok(joined(parts.split('/').skip(1)))
}

/// The path as it is, and its first component where more follow; `.` and empty parts do not count, as for the
/// unpackers of Python archives (`./a/b` is `a/b`).
pub(in crate::contents) fn rooted(raw: &[u8]) -> Result<(Option<String>, Option<String>), TarballError> {
    let whole = joined(checked(raw)?.split('/'));
    let root = whole.as_deref().and_then(|whole| whole.split_once('/')).map(|(root, _)| root.to_owned());
    Ok((whole, root))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let parts: Vec<&str> = parts.filter(|part| !matches!(*part, "" | ".")).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The path as text, which stays below the folder that it is unpacked in.
fn checked(raw: &[u8]) -> Result<&str, TarballError> {
    let refused = |why| TarballError::Path { path: String::from_utf8_lossy(raw).into_owned(), why };
    let text = std::str::from_utf8(raw).map_err(|_| refused("is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(refused("holds control characters"));
    }
    if text.len() > PATH {
        return Err(refused("is too long"));
    }
    let drive = text.get(1..2) == Some(":") && text.starts_with(|c: char| c.is_ascii_alphabetic());
    let up = text.split(['/', '\\']).any(|part| part == "..");
    if text.starts_with(['/', '\\']) || drive || up {
        return Err(TarballError::Escapes(text.to_owned()));
    }
    if text.split('/').any(|part| part.len() > NAME) {
        return Err(refused("has a name that is too long"));
    }
    Ok(text)
}
