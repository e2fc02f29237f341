//! Lines of JavaScript that end with CRLF or with LF. Both end a line, a comment and a statement alike (ECMA-262, 12.3).
//!
//! Where a line's end is part of a text, or something other than JavaScript reads the line, files are not the same:
//! with a template literal anywhere, a string that goes on in the next line, or `#!` (the kernel takes the CR for a
//! part of the program's name).

/// Whether both are the same once each CRLF is an LF.
pub(super) fn is_same(built: &[u8], published: &[u8]) -> bool {
    let built = with_lf(built);
    built.is_some() && built == with_lf(published)
}

fn with_lf(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    // Without these, only LF and CRLF can end a line.
    let is_odd = text.starts_with("#!") || text.contains(['`', '\u{2028}', '\u{2029}']);
    let lines = text.replace("\r\n", "\n");
    (!is_odd && !lines.contains('\r') && !lines.contains("\\\n")).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crlf_and_lf() {
        assert!(is_same(b"a()\r\n// b\r\nc('\\r\\n')\r\n", b"a()\n// b\nc('\\r\\n')\n"));
        assert!(is_same(b"a\r\nb\nc", b"a\nb\r\nc"), "mixed");
    }

    #[test]
    fn nothing_else() {
        for (what, one, other) in [
            ("a template literal", "x(`a\r\nb`)", "x(`a\nb`)"),
            ("a template literal elsewhere", "`` ; a\r\nb", "`` ; a\nb"),
            ("a string over two lines", "x('a\\\r\nb')", "x('a\\\nb')"),
            ("a backslash at a line's end", "// a\\\r\nb", "// a\\\nb"),
            ("a CR alone ends a comment", "// a\revil()\n", "// a\nevil()\n"),
            ("a CR alone, and then none", "// a\revil()\r\n", "// aevil()\n"),
            ("two CR", "a\r\r\nb", "a\r\nb"),
            ("a CR at the end", "a\r\n\r", "a\n\r"),
            ("LF and CR", "a\n\rb", "a\nb"),
            ("a line separator", "a\r\n// \u{2028}evil()", "a\n// \u{2028}evil()"),
            ("a paragraph separator", "a\r\n\u{2029}", "a\n\u{2029}"),
            ("the line that names the program", "#!/usr/bin/env node\r\na", "#!/usr/bin/env node\na"),
            ("a line more", "a\r\n\r\n", "a\n"),
            ("white space", "a \r\n", "a\n"),
            ("no end of the last line", "a\r\n", "a"),
        ] {
            assert!(!is_same(one.as_bytes(), other.as_bytes()), "{what}");
            assert!(!is_same(other.as_bytes(), one.as_bytes()), "{what}");
        }
        assert!(!is_same(b"\xff\r\n", b"\xff\n"), "no UTF-8");
    }
}
