//! White space between the tokens of JSON. Tokens are compared as they are written: a number in another form, a string
//! with another escape and keys in another order are different.

use serde::de::IgnoredAny;

/// Whether both are JSON (RFC 8259), and the same but for white space between tokens.
pub(super) fn is_same(built: &[u8], published: &[u8]) -> bool {
    let tokens = tokens(built);
    tokens.is_some() && tokens == self::tokens(published)
}

/// What is written, without white space between tokens; `None` where it is no JSON. Nothing runs together: in JSON
/// there is a brace, a bracket, a comma or a colon between any two tokens.
fn tokens(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let (mut tokens, mut in_string, mut escaped) = (Vec::with_capacity(bytes.len()), false, false);
    for byte in bytes {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
        } else if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        } else {
            in_string = *byte == b'"';
        }
        tokens.push(*byte);
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_between_tokens() {
        let written = "{\n  \"a b\": [1, 2.0e3],\r\n\t\"c\\\"\": \"\\\\\", \"d\": null\n}\n";
        assert!(is_same(br#"{"a b":[1,2.0e3],"c\"":"\\","d":null}"#, written.as_bytes()));
        assert!(is_same(b" true ", b"true\n"));
    }

    #[test]
    fn nothing_else() {
        for (what, one, other) in [
            ("white space in a string", r#"{"a":"b c"}"#, r#"{"a":"bc"}"#),
            ("in a string behind an escaped quote", r#"["\" x"]"#, r#"["\"x"]"#),
            ("in a string behind an escaped backslash", r#"["\\", "a b"]"#, r#"["\\", "ab"]"#),
            ("in a key", r#"{"a ":1}"#, r#"{"a":1}"#),
            ("the order of keys", r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
            ("a key that is there twice", r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            ("two keys that are one", r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#),
            ("a number in another form", "[1]", "[1.0]"),
            ("a larger number than fits", "[9007199254740993]", "[9007199254740992]"),
            ("an escape for a character", r#"["\u0061"]"#, r#"["a"]"#),
            ("an escape in capitals", r#"["\u00e9"]"#, r#"["\u00E9"]"#),
            ("a field more", r#"{"a":1}"#, r#"{"a":1,"scripts":{}}"#),
            ("a comment", "[1] // x\n", "[1]\n"),
            ("a comma at the end", "[1,]", "[1, ]"),
            ("a byte order mark", "\u{feff}[1]", "[1]"),
            ("a space that is none of JSON's", "[1]\u{a0}", "[1]"),
            ("a form feed", "[1]\u{c}", "[1]"),
            ("a line separator", "[1]\u{2028}", "[1]"),
            ("two texts", "[1] [2]", "[1][2]"),
            ("tokens that run together", "[1 2]", "[12]"),
            ("words", "[true false]", "[truefalse]"),
            ("no JSON at all", "a = 1 ;", "a=1;"),
            ("a line break in a string", "[\"a\nb\"]", "[\"ab\"]"),
            ("an open string", "[\"a b", "[\"ab"),
            ("nothing", "", " "),
        ] {
            assert!(!is_same(one.as_bytes(), other.as_bytes()), "{what}");
            assert!(!is_same(other.as_bytes(), one.as_bytes()), "{what}");
        }
        assert!(!is_same(b"[\"\xff\"]", b"[ \"\xff\"]"), "no UTF-8");
    }
}
