//! Requirements files from bytes, as pip reads them: by a byte order mark, by a comment of PEP 263 in the first two lines,
//! else as UTF-8 (<https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding>).

use encoding_rs::Encoding;

/// The text. What is not in the encoding becomes U+FFFD: in a comment that does no harm, and no requirement has that
/// character, so that one with it is a problem with its line.
pub fn text(bytes: &[u8]) -> String {
    let of_four = |read: fn([u8; 4]) -> u32| {
        let each = bytes[4..].chunks(4);
        let read = |four: &[u8]| four.try_into().ok().and_then(|four| char::from_u32(read(four)));
        each.map(|four| read(four).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    // UTF-32's mark begins with that of UTF-16.
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) {
        return of_four(u32::from_le_bytes);
    }
    if bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return of_four(u32::from_be_bytes);
    }
    let encoding = declared(bytes).unwrap_or(encoding_rs::UTF_8);
    // A mark counts more than what is declared, and is no part of the text.
    encoding.decode(bytes).0.into_owned()
}

/// `# -*- coding: <name> -*-`, in Python's names of encodings as far as they are the web's.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let first = bytes.split(|byte| *byte == b'\n').take(2).filter(|line| line.starts_with(b"#"));
    first.filter_map(|line| named(&String::from_utf8_lossy(line))).next()
}

fn named(line: &str) -> Option<&'static Encoding> {
    let after = line.match_indices("coding").map(|(at, word)| &line[at + word.len()..]);
    let value = after.filter_map(|rest| rest.strip_prefix([':', '='])).next()?.trim_start();
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(value.len());
    let name = value[..end].to_ascii_lowercase().replace('_', "-");
    let name = if name == "latin-1" { "latin1" } else { &name };
    Encoding::for_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    fn utf_32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        "\u{feff}".chars().chain(text.chars()).flat_map(|c| bytes(u32::from(c))).collect()
    }

    #[test]
    fn every_way_to_say_it() {
        let plain = "a==1 # é\r\n";
        for (bytes, expected) in [
            (plain.as_bytes().to_vec(), plain),
            (format!("\u{feff}{plain}").into_bytes(), plain),
            (utf_16(plain, u16::to_le_bytes), plain),
            (utf_16(plain, u16::to_be_bytes), plain),
            (utf_32(plain, u32::to_le_bytes), plain),
            (utf_32(plain, u32::to_be_bytes), plain),
            (b"# -*- coding: latin-1 -*-\na # \xe9".to_vec(), "# -*- coding: latin-1 -*-\na # é"),
            (
                b"#!x\n# vim: fileencoding=iso8859_15\n# \xa4".to_vec(),
                "#!x\n# vim: fileencoding=iso8859_15\n# €",
            ),
            (b"# coding:cp1251\n# \xe9".to_vec(), "# coding:cp1251\n# й"),
            // Not among the first two lines, not in a comment, not known.
            (b"a==1\n\n# coding: latin-1\n# \xe9".to_vec(), "a==1\n\n# coding: latin-1\n# \u{fffd}"),
            (b"coding: latin-1\n# \xe9".to_vec(), "coding: latin-1\n# \u{fffd}"),
            (b"# coding: klingon\n# \xc3\xa9".to_vec(), "# coding: klingon\n# é"),
            (b"\xff\xfe\x61".to_vec(), "\u{fffd}"),
            (b"\xff\xfe\0\0\x61".to_vec(), "\u{fffd}"),
            (Vec::new(), ""),
        ] {
            assert_eq!(text(&bytes), expected, "{bytes:?}");
        }
    }
}
