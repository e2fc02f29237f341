//! Line ends on the way out of a repository: `text`, `crlf` and `eol` of gitattributes(5), where nobody has
//! set `core.autocrlf` or `core.eol` and the system's own line end is LF.

use std::borrow::Cow;

use crate::hash::tree::attributes::{Found, Known};

/// Where LF becomes CRLF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::hash::tree) enum Eol {
    /// In every file.
    Always,
    /// In files that look like text and have no CR yet.
    IfText,
}

impl Eol {
    /// `None` where line ends stay as they are.
    pub fn of(found: &Found) -> Option<Self> {
        #[derive(PartialEq)]
        enum Text {
            Yes,
            No,
            Auto,
            Unknown,
        }
        let text = |known| {
            if found.is_set(known) {
                return Text::Yes;
            }
            if found.is_unset(known) {
                return Text::No;
            }
            match found.value(known) {
                Some(b"input") => Text::Yes,
                Some(b"auto") => Text::Auto,
                _ => Text::Unknown,
            }
        };
        let mut how = text(Known::Text);
        if how == Text::Unknown {
            how = text(Known::Crlf);
        }
        let crlf = found.value(Known::Eol) == Some(b"crlf");
        match how {
            Text::No => None,
            _ if !crlf => None,
            Text::Auto => Some(Self::IfText),
            // An `eol` alone means text.
            Text::Yes | Text::Unknown => Some(Self::Always),
        }
    }

    pub fn convert(self, bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
        let counts = Counts::of(&bytes);
        let touched = counts.lf > 0 && (self == Self::Always || counts.is_text_without_cr());
        if !touched {
            return bytes;
        }
        let mut out = Vec::with_capacity(bytes.len() + counts.lf);
        let mut last = 0;
        for at in memchr::memchr_iter(b'\n', &bytes) {
            out.extend_from_slice(&bytes[last..at]);
            if at == 0 || bytes[at - 1] != b'\r' {
                out.push(b'\r');
            }
            last = at;
        }
        out.extend_from_slice(&bytes[last..]);
        Cow::Owned(out)
    }
}

/// What git counts to tell text from other files.
#[derive(Default)]
struct Counts {
    /// LF without a CR before it.
    lf: usize,
    /// CR, with or without an LF after it.
    cr: usize,
    nul: usize,
    printable: usize,
    other: usize,
}

impl Counts {
    fn of(bytes: &[u8]) -> Self {
        let mut counts = Self::default();
        let mut last = 0;
        for &byte in bytes {
            match byte {
                b'\n' if last == b'\r' => {}
                b'\n' => counts.lf += 1,
                b'\r' => counts.cr += 1,
                0 => (counts.nul, counts.other) = (counts.nul + 1, counts.other + 1),
                // Backspace, tab, form feed and escape are found in text.
                8 | 9 | 12 | 27 => counts.printable += 1,
                1..32 | 127 => counts.other += 1,
                _ => counts.printable += 1,
            }
            last = byte;
        }
        // The end-of-file mark of old systems.
        if last == 26 {
            counts.other -= 1;
        }
        counts
    }

    fn is_text_without_cr(&self) -> bool {
        self.cr == 0 && self.nul == 0 && self.printable >> 7 >= self.other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(eol: Eol, text: &[u8]) -> Vec<u8> {
        eol.convert(Cow::Borrowed(text)).into_owned()
    }

    #[test]
    fn only_a_lone_lf_gets_a_cr() {
        assert_eq!(convert(Eol::Always, b"a\nb\r\n\n\rc\n"), b"a\r\nb\r\n\r\n\rc\r\n");
        assert!(matches!(Eol::Always.convert(Cow::Borrowed(b"a\r\n")), Cow::Borrowed(_)));
    }

    #[test]
    fn what_looks_like_no_text_stays() {
        for same in [&b"a\nb\r\n"[..], b"a\n\0", b"a\r b\n", b"\x01\n"] {
            assert_eq!(convert(Eol::IfText, same), same);
        }
        assert_eq!(convert(Eol::IfText, b"a\n\x1a"), b"a\r\n\x1a");
        let mut long = vec![b'a'; 128];
        long.extend(b"\x01\n");
        assert_eq!(convert(Eol::IfText, &long).len(), long.len() + 1);
    }
}
