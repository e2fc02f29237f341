//! Nix values as text. This is the only place that knows how Nix quotes.

use std::fmt::Write;

use serde_json::Value;

/// A Nix string literal (<https://nixos.org/manual/nix/stable/language/string-literals>). Line breaks are
/// written as escapes, so that no indentation of a template can change a value.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    let interpolates = text.contains("${");
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => {
                // `$` matters before `{` alone, but `\$` is the same string and leaves nothing to get wrong.
                if c != '$' || interpolates {
                    out.push('\\');
                }
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Nix has no way to write it, and reads a file to the first one.
            '\0' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Any JSON value as a Nix expression in RFC 166 layout: `indent` levels deep, no final newline. In a set the
/// attributes named in `first` come first, in that order, the others by name.
pub fn value(value: &Value, indent: usize, first: &[&str]) -> String {
    let mut out = String::new();
    write_value(&mut out, value, indent, first);
    out
}

fn write_value(out: &mut String, value: &Value, indent: usize, first: &[&str]) {
    let pad = "  ".repeat(indent);
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        // Nix has no exponents without a point and no unary minus in lists; our numbers are counts.
        Value::Number(number) => _ = write!(out, "{number}"),
        Value::String(text) => out.push_str(&string(text)),
        Value::Array(items) if items.is_empty() => out.push_str("[ ]"),
        Value::Array(items) if items.len() == 1 && !items[0].is_array() && !items[0].is_object() => {
            out.push_str("[ ");
            write_value(out, &items[0], indent, first);
            out.push_str(" ]");
        }
        Value::Array(items) => {
            out.push_str("[\n");
            for item in items {
                _ = write!(out, "{pad}  ");
                write_value(out, item, indent + 1, first);
                out.push('\n');
            }
            _ = write!(out, "{pad}]");
        }
        Value::Object(entries) if entries.is_empty() => out.push_str("{ }"),
        Value::Object(entries) => {
            out.push_str("{\n");
            let leading = first.iter().filter_map(|name| entries.get_key_value(*name));
            let others = entries.iter().filter(|(key, _)| !first.contains(&key.as_str()));
            for (key, entry) in leading.chain(others) {
                _ = write!(out, "{pad}  {} = ", attribute(key));
                write_value(out, entry, indent + 1, first);
                out.push_str(";\n");
            }
            _ = write!(out, "{pad}}}");
        }
    }
}

/// An attribute name, quoted unless it is a plain identifier.
pub fn attribute(name: &str) -> String {
    const KEYWORDS: &[&str] = &["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"];
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !KEYWORDS.contains(&name);
    if plain { name.to_owned() } else { string(name) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_a_string_is_code() {
        assert_eq!(string("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(string("${builtins.abort 1}"), r#""\${builtins.abort 1}""#);
        assert_eq!(string("$${x}"), r#""\$\${x}""#);
        assert_eq!(string("''${x}''\n"), r#""''\${x}''\n""#);
        assert_eq!(string("costs $5"), r#""costs $5""#);
        assert_eq!(string("a\0b"), "\"a\u{fffd}b\"");
    }

    #[test]
    fn values_are_laid_out_as_rfc_166_has_it() {
        let text = value(
            &json!({ "a b": [1, true, null], "with": [], "empty": {}, "one": ["x"], "deep": [{ "k": "v" }] }),
            0,
            &[],
        );
        insta::assert_snapshot!(text, @r#"
        {
          "a b" = [
            1
            true
            null
          ];
          deep = [
            {
              k = "v";
            }
          ];
          empty = { };
          one = [ "x" ];
          "with" = [ ];
        }
        "#);
    }

    #[test]
    fn the_order_of_attributes_can_be_given() {
        let text = value(&json!({ "a": { "y": 1, "b": 2 }, "z": 3, "y": 4 }), 0, &["z", "y", "absent"]);
        insta::assert_snapshot!(text, @r"
        {
          z = 3;
          y = 4;
          a = {
            y = 1;
            b = 2;
          };
        }
        ");
    }
}
