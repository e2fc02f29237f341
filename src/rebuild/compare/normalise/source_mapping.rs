//! The comment that names a source map, in the last line of a script or of a style sheet.
//!
//! It stands alone in its line, and holds nothing but a relative address of characters that can end neither a comment
//! nor a text. So wherever the text before it ends, the line adds nothing: a text or a comment that is open there is
//! still open at the file's end. A map inside the address (`data:`) is not taken for one.

/// How a language writes the comment.
pub(super) struct Form {
    open: &'static [u8],
    close: &'static [u8],
}

pub(super) const SCRIPT: Form = Form { open: b"//# sourceMappingURL=", close: b"" };
pub(super) const STYLE: Form = Form { open: b"/*# sourceMappingURL=", close: b" */" };

impl Form {
    /// Whether both are the same without the comment in the last line, where they have one.
    pub(super) fn is_same(&self, built: &[u8], published: &[u8]) -> bool {
        self.without(built) == self.without(published)
    }

    /// The text up to the comment, where it ends with one.
    pub(super) fn without<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        self.before(text).unwrap_or(text)
    }

    /// The text up to the comment; `None` where it does not end with one.
    fn before<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let lines = text.strip_suffix(b"\n").unwrap_or(text);
        let lines = lines.strip_suffix(b"\r").filter(|_| lines.len() < text.len()).unwrap_or(lines);
        let at = memchr::memrchr(b'\n', lines).map_or(0, |end| end + 1);
        let (before, line) = (&text[..at], &lines[at..]);
        let address = line.strip_prefix(self.open)?.strip_suffix(self.close)?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._~/@%+-".contains(byte);
        // The line belongs to a string where the one before ends with a backslash.
        let goes_on = before.ends_with(b"\\\n") || before.ends_with(b"\\\r\n");
        (!address.is_empty() && address.iter().all(is_plain) && !goes_on).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line() {
        for (one, other) in [
            ("a()\n//# sourceMappingURL=a.js.map\n", "a()\n"),
            ("a()\n//# sourceMappingURL=a.js.map", "a()\n"),
            ("a()\r\n//# sourceMappingURL=../x/a%20b@1.js.map\r\n", "a()\r\n"),
            ("a()\n//# sourceMappingURL=a.js.map", "a()\n//# sourceMappingURL=b.js.map\n"),
            ("//# sourceMappingURL=a.d.ts.map", ""),
        ] {
            assert!(SCRIPT.is_same(one.as_bytes(), other.as_bytes()), "{one}");
            assert!(SCRIPT.is_same(other.as_bytes(), one.as_bytes()), "{one}");
        }
        assert!(STYLE.is_same(b"a{}\n/*# sourceMappingURL=a.css.map */\n", b"a{}\n"));
    }

    #[test]
    fn nothing_else_in_a_script() {
        for (what, one, other) in [
            ("code in front of it", "a(); //# sourceMappingURL=a.map", "a(); "),
            ("white space in front of it", "a()\n //# sourceMappingURL=a.map", "a()\n"),
            ("code behind a line separator", "a()\n//# sourceMappingURL=a\u{2028}evil()", "a()\n"),
            ("behind a paragraph separator", "a()\n//# sourceMappingURL=a\u{2029}evil()", "a()\n"),
            ("behind a CR", "a()\n//# sourceMappingURL=a\revil()", "a()\n"),
            ("behind a CR, and a line end", "a()\n//# sourceMappingURL=a\revil()\n", "a()\n"),
            ("behind a CR in front of it", "a()\n//\r//# sourceMappingURL=a", "a()\n"),
            ("a CR at the file's end", "a()\n//# sourceMappingURL=a\r", "a()\n"),
            ("lines behind it", "a()\n//# sourceMappingURL=a\nevil()", "a()\n"),
            ("an empty line behind it", "a()\n//# sourceMappingURL=a\n\n", "a()\n"),
            ("two of them", "a()\n//# sourceMappingURL=a\n//# sourceMappingURL=b\n", "a()\n"),
            ("the end of a template literal", "x=`\n//# sourceMappingURL=`;evil()", "x=`\n"),
            ("the end of a comment", "/*\n//# sourceMappingURL=*/evil()", "/*\n"),
            ("a string that goes on", "x='\\\n//# sourceMappingURL=a", "x='\\\n"),
            ("a string that goes on, with CRLF", "x='\\\r\n//# sourceMappingURL=a", "x='\\\r\n"),
            ("a map in the address", "a()\n//# sourceMappingURL=data:x;base64,YQ==", "a()\n"),
            ("an address elsewhere", "a()\n//# sourceMappingURL=https://x.org/a", "a()\n"),
            ("a space", "a()\n//# sourceMappingURL=a b", "a()\n"),
            ("no address", "a()\n//# sourceMappingURL=", "a()\n"),
            ("another comment", "a()\n//# sourceURL=a.js", "a()\n"),
            ("the older form", "a()\n//@ sourceMappingURL=a", "a()\n"),
            ("the form of CSS", "a()\n/*# sourceMappingURL=a */", "a()\n"),
            ("the line end before it", "a()\n//# sourceMappingURL=a", "a()"),
            ("a NUL", "a()\n//# sourceMappingURL=a\0", "a()\n"),
        ] {
            assert!(!SCRIPT.is_same(one.as_bytes(), other.as_bytes()), "{what}");
            assert!(!SCRIPT.is_same(other.as_bytes(), one.as_bytes()), "{what}");
        }
    }

    #[test]
    fn nothing_else_in_a_style_sheet() {
        for (what, one, other) in [
            ("rules behind it", "a{}\n/*# sourceMappingURL=a */b{}", "a{}\n"),
            ("rules in it", "a{}\n/*# sourceMappingURL=a */b{}/* */", "a{}\n"),
            ("a string that goes on", "@import \"\\\n/*# sourceMappingURL=a */", "@import \"\\\n"),
            ("a form feed", "a{}\n/*# sourceMappingURL=a\u{c} */", "a{}\n"),
            ("no space", "a{}\n/*# sourceMappingURL=a*/", "a{}\n"),
            ("no end", "a{}\n/*# sourceMappingURL=a", "a{}\n"),
            ("the form of scripts", "a{}\n//# sourceMappingURL=a", "a{}\n"),
        ] {
            assert!(!STYLE.is_same(one.as_bytes(), other.as_bytes()), "{what}");
        }
    }
}
