//! `working-tree-encoding` of gitattributes(5): text that is UTF-8 in the repository and something else in
//! the folder, byte for byte as iconv of glibc writes it.

use std::borrow::Cow;

/// An encoding that a file is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf16 { big: bool, mark: bool },
    Utf32 { big: bool, mark: bool },
    Latin1,
    Ascii,
    Table(&'static encoding_rs::Encoding),
}

/// An encoding whose bytes we cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("working-tree-encoding {0:?} is not known here")]
pub struct UnknownEncoding(pub String);

/// Encodings by the names that iconv gives them, where the tables of the WHATWG (which browsers and
/// `encoding_rs` have) and of glibc are the same but for control characters; `tests/world/encodings.rs` asks
/// iconv. Others differ in a few characters, so that a hash would be wrong where one of them occurs.
const TABLES: &[(&str, &encoding_rs::Encoding)] = &[
    ("WINDOWS-1250", encoding_rs::WINDOWS_1250),
    ("CP1250", encoding_rs::WINDOWS_1250),
    ("WINDOWS-1251", encoding_rs::WINDOWS_1251),
    ("CP1251", encoding_rs::WINDOWS_1251),
    ("WINDOWS-1252", encoding_rs::WINDOWS_1252),
    ("CP1252", encoding_rs::WINDOWS_1252),
    ("KOI8-R", encoding_rs::KOI8_R),
    ("ISO-8859-2", encoding_rs::ISO_8859_2),
    ("ISO-8859-5", encoding_rs::ISO_8859_5),
    ("ISO-8859-15", encoding_rs::ISO_8859_15),
];

impl Encoding {
    /// Reads the attribute's value; `None` for UTF-8 and for no value, where nothing is done.
    pub fn of(value: &[u8]) -> Result<Option<Self>, UnknownEncoding> {
        let unknown = || UnknownEncoding(String::from_utf8_lossy(value).into_owned());
        let name = std::str::from_utf8(value).map_err(|_| unknown())?.to_ascii_uppercase();
        // git takes the UTFs with and without the dash.
        let utf = name.strip_prefix("UTF").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
        Ok(Some(match (utf, name.as_str()) {
            (_, "") | (Some("8"), _) => return Ok(None),
            (Some("16" | "16LE-BOM"), _) => Self::Utf16 { big: false, mark: true },
            (Some("16BE-BOM"), _) => Self::Utf16 { big: true, mark: true },
            (Some("16LE"), _) => Self::Utf16 { big: false, mark: false },
            (Some("16BE"), _) => Self::Utf16 { big: true, mark: false },
            (Some("32"), _) => Self::Utf32 { big: false, mark: true },
            (Some("32LE"), _) => Self::Utf32 { big: false, mark: false },
            (Some("32BE"), _) => Self::Utf32 { big: true, mark: false },
            (_, "ISO-8859-1" | "ISO8859-1" | "LATIN1" | "LATIN-1") => Self::Latin1,
            (_, "ASCII" | "US-ASCII") => Self::Ascii,
            (_, name) => {
                let table = TABLES.iter().find(|(known, _)| *known == name);
                Self::Table(table.ok_or_else(unknown)?.1)
            }
        }))
    }

    /// Text that is no UTF-8, or that the encoding cannot write, stays as it is: git complains and goes on.
    pub fn convert<'a>(&self, bytes: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        if bytes.is_empty() {
            return bytes;
        }
        match std::str::from_utf8(&bytes).ok().and_then(|text| self.encode(text)) {
            Some(converted) => Cow::Owned(converted),
            None => bytes,
        }
    }

    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        let below = |limit: u32| text.chars().map(move |c| ((c as u32) < limit).then_some(c as u8)).collect();
        match *self {
            Self::Utf16 { big, mark } => {
                let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
                let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                Some(units.flat_map(bytes).collect())
            }
            Self::Utf32 { big, mark } => {
                let units = mark.then_some(0xfeff).into_iter().chain(text.chars().map(u32::from));
                let bytes = |unit: u32| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                Some(units.flat_map(bytes).collect())
            }
            Self::Latin1 => below(0x100),
            Self::Ascii => below(0x80),
            Self::Table(encoding) => {
                // Bytes without a meaning stand for control characters in the WHATWG's tables alone.
                if encoding.name().starts_with("windows")
                    && text.chars().any(|c| matches!(c, '\u{80}'..'\u{a0}'))
                {
                    return None;
                }
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(name: &str, text: &str) -> Vec<u8> {
        let encoding = Encoding::of(name.as_bytes()).unwrap().unwrap();
        encoding.convert(Cow::Borrowed(text.as_bytes())).into_owned()
    }

    #[test]
    fn byte_orders_and_marks() {
        assert_eq!(convert("UTF-16", "a\u{1f980}"), [0xff, 0xfe, b'a', 0, 0x3e, 0xd8, 0x80, 0xdd]);
        assert_eq!(convert("utf16be", "a"), [0, b'a']);
        assert_eq!(convert("UTF-16LE-BOM", "a"), [0xff, 0xfe, b'a', 0]);
        assert_eq!(convert("UTF-16BE-BOM", "a"), [0xfe, 0xff, 0, b'a']);
        assert_eq!(convert("UTF-32", "a"), [0xff, 0xfe, 0, 0, b'a', 0, 0, 0]);
        assert_eq!(Encoding::of(b"utf-8"), Ok(None));
    }

    #[test]
    fn what_cannot_be_written_stays() {
        assert_eq!(convert("ISO-8859-1", "\u{e9}"), [0xe9]);
        assert_eq!(convert("ISO-8859-1", "\u{20ac}"), "\u{20ac}".as_bytes());
        assert_eq!(convert("windows-1252", "\u{20ac}"), [0x80]);
        assert_eq!(convert("windows-1252", "\u{81}"), "\u{81}".as_bytes());
        let broken = Encoding::of(b"UTF-16").unwrap().unwrap();
        assert_eq!(broken.convert(Cow::Borrowed(b"\xff")), Cow::Borrowed(b"\xff"));
        assert_eq!(Encoding::of(b"EBCDIC"), Err(UnknownEncoding("EBCDIC".to_owned())));
    }
}
