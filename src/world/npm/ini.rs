//! `.npmrc`: lines of `key = value` (<https://docs.npmjs.com/cli/configuring-npm/npmrc>).

use std::collections::BTreeMap;

/// Keys and values of one file, later lines in place of earlier ones; `${NAME}` is taken from `env`.
/// Lists (`key[] = value`) and sections are no setting that we read, and are left out.
pub(super) fn parse(text: &str, env: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.starts_with(['#', ';', '[']) {
            continue;
        }
        // A key alone is a switch.
        let (key, value) = line.split_once('=').unwrap_or((line, "true"));
        let (key, value) = (expanded(unquoted(key), &env), expanded(unquoted(value), &env));
        if !key.is_empty() && !key.ends_with("[]") {
            values.insert(key, value);
        }
    }
    values
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    // The ini crate ends an unquoted value at a comment sign that no backslash precedes.
    let end = text.char_indices().find(|(at, c)| ";#".contains(*c) && !text[..*at].ends_with('\\'));
    end.map_or(text, |(at, _)| text[..at].trim_end())
}

/// `${NAME}` becomes the variable's value and stays as it is where there is none; `${NAME?}` becomes
/// nothing then (npm's @npmcli/config, `env-replace.js`).
fn expanded(text: &str, env: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        out.push_str(&rest[..start]);
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        match env(name) {
            Some(value) => out.push_str(&value),
            None if optional => {}
            None => out.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_npm_reads_them() {
        let text = "\u{feff}; comment\n#x=1\nregistry = https://npm.example.org/ ; mine\n\
            @s:registry=\"https://s.example.org/\"\n//npm.example.org/:_authToken=${TOKEN}\n\
            //a.example.org/:_password=cGFzcw==\nb=${NONE}-${NONE?}-$x\nca[]=x\n[section]\nflag\nregistry2='a;b'\n";
        let values = parse(text, |name| (name == "TOKEN").then(|| "t0k=n".to_owned()));
        let expected = [
            ("//a.example.org/:_password", "cGFzcw=="),
            ("//npm.example.org/:_authToken", "t0k=n"),
            ("@s:registry", "https://s.example.org/"),
            ("b", "${NONE}--$x"),
            ("flag", "true"),
            ("registry", "https://npm.example.org/"),
            ("registry2", "a;b"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(values, BTreeMap::from(expected));
    }
}
