//! Paths of archive entries.

use super::TarballError;

/// Bytes of a path, and of one name in it, that Linux and macOS can hold.
const PATH: usize = 4096;
const NAME: usize = 255;

/// The path without its first component, `.` and empty parts left out; `None` where nothing is left.
pub(crate) fn stripped(raw: &[u8]) -> Result<Option<String>, TarballError> {
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
    let parts: Vec<&str> = text.split('/').skip(1).filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.iter().any(|part| part.len() > NAME) {
        return Err(refused("has a name that is too long"));
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}
