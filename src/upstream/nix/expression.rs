//! Nix expressions by construction: text from outside becomes strings and comments, never code. They are loosely set;
//! [`super::layout`] lays them out.

use std::fmt;

use crate::emit::nix::literal;
use crate::printable::printable;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nix(String);

impl fmt::Display for Nix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of a string.
pub enum Part<'a> {
    Text(&'a str),
    /// `${…}` around a code of ours.
    Code(&'static str),
}

impl Nix {
    /// Code of ours, as it stands.
    pub fn code(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// A string.
    pub fn text(text: &str) -> Self {
        Self(literal::string(text))
    }

    /// A string with interpolations; one that is nothing else is the code itself.
    pub fn parts(parts: &[Part<'_>]) -> Self {
        if let [Part::Code(code)] = parts {
            return Self::code(code);
        }
        let inner: String = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => inside(text),
                Part::Code(code) => format!("${{{code}}}"),
            })
            .collect();
        Self(format!("\"{inner}\""))
    }

    /// A string with another in it that may be an interpolation: `before` and `behind` are text around `inner`.
    pub fn around(before: &str, inner: &Self, behind: &str) -> Self {
        let inner = match inner.0.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(text) => text.to_owned(),
            None => format!("${{{inner}}}"),
        };
        Self(format!("\"{}{inner}{}\"", inside(before), inside(behind)))
    }

    /// A condition, which is code of ours.
    pub fn condition(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// A text of several lines, as it stands.
    pub fn lines(lines: &[String]) -> Self {
        let inner: String = lines
            .iter()
            .map(|line| format!("  {}\n", line.replace("''", "'''").replace("${", "''${")))
            .collect();
        Self(format!("''\n{inner}''"))
    }

    /// A line of the shell that runs the main program of an attribute, with arguments that need no quotes there.
    pub fn run(attribute: &'static str, arguments: &str) -> Self {
        let arguments = arguments.replace("''", "'''").replace("${", "''${");
        Self(format!("''\n  ${{lib.getExe {attribute}}} {arguments}\n''"))
    }

    /// A name, or attributes of one; `None` where a part is no plain name.
    pub fn name(path: &str) -> Option<Self> {
        path.split('.').all(is_name).then(|| Self(path.to_owned()))
    }

    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items: String = items.into_iter().map(|item| format!("{item} ")).collect();
        Self(format!("[ {items}]"))
    }

    /// `with set; body`.
    pub fn with(set: &'static str, body: &Self) -> Self {
        Self(format!("with {set}; {body}"))
    }

    /// A list with another one behind it.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(format!("{self} ++ {other}"))
    }

    /// A list with another one behind it where a condition, which is code of ours, holds.
    #[must_use]
    pub fn and_where(&self, condition: &str, other: &Self) -> Self {
        let is_one = is_name(condition) || condition.split('.').all(is_name);
        let condition = if is_one { condition.to_owned() } else { format!("({condition})") };
        Self(format!("{self} ++ lib.optionals {condition} {other}"))
    }

    /// A function of ours with one argument.
    pub fn call(function: &'static str, argument: &Self) -> Self {
        Self(format!("{function} {argument}"))
    }

    pub fn set(rows: &Rows) -> Self {
        Self(if rows.0.is_empty() { "{ }".to_owned() } else { format!("{{\n{}}}", rows.0) })
    }
}

/// A text between the quotes of a string, where code may follow: `$${` would be no code.
pub fn inside(text: &str) -> String {
    let quoted = literal::string(text);
    let inner = &quoted[1..quoted.len() - 1];
    match inner.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => format!("{rest}\\$"),
        _ => inner.to_owned(),
    }
}

/// Whether Nix reads a text as a name.
pub fn is_name(text: &str) -> bool {
    literal::attribute(text) == text
}

/// The inside of a set, line by line.
#[derive(Clone, Debug, Default)]
pub struct Rows(String);

impl Rows {
    /// `name = value;`
    pub fn bind(&mut self, name: &'static str, value: &Nix) -> &mut Self {
        self.0.push_str(&format!("{name} = {value};\n"));
        self
    }

    /// The same for a name from outside, which is quoted where it has to be.
    pub fn bind_in(&mut self, set: &'static str, name: &str, value: &Nix) -> &mut Self {
        self.0.push_str(&format!("{set}.{} = {value};\n", literal::attribute(name)));
        self
    }

    /// The same alone.
    pub fn bind_named(&mut self, name: &str, value: &Nix) -> &mut Self {
        self.0.push_str(&format!("{} = {value};\n", literal::attribute(name)));
        self
    }

    /// `inherit (from) a b;`
    pub fn inherit(&mut self, from: &'static str, names: &[&'static str]) -> &mut Self {
        self.0.push_str(&format!("inherit ({from}) {};\n", names.join(" ")));
        self
    }

    /// A comment; long ones have several lines.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        let text = printable(&text.replace(['\n', '\r'], " "));
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() > 90 {
                self.0.push_str(&format!("# {line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.0.push_str(&format!("# {line}\n"));
        self
    }

    /// An empty line, where anything came before.
    pub fn gap(&mut self) -> &mut Self {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_code() {
        assert_eq!(Nix::text("${x}\"").to_string(), r#""\${x}\"""#);
        let tag = Nix::parts(&[Part::Text("v${"), Part::Code("finalAttrs.version"), Part::Text("\"")]);
        assert_eq!(tag.to_string(), r#""v\${${finalAttrs.version}\"""#);
        assert_eq!(Nix::parts(&[Part::Code("finalAttrs.version")]).to_string(), "finalAttrs.version");
        let dollar = Nix::parts(&[Part::Text("v$"), Part::Code("finalAttrs.version")]);
        assert_eq!(dollar.to_string(), r#""v\$${finalAttrs.version}""#);
        assert_eq!(Nix::around("a/", &Nix::code("b.c"), "/d").to_string(), r#""a/${b.c}/d""#);
        assert_eq!(Nix::around("a/", &tag, "").to_string(), r#""a/v\${${finalAttrs.version}\"""#);
        for no in ["a b", "a.b.", "a;", "${a}", "if", ""] {
            assert_eq!(Nix::name(no), None, "{no}");
        }
        let mut rows = Rows::default();
        rows.comment("one\ntwo */ ''").bind_in("env", "A-b c", &Nix::list([])).gap().gap();
        assert_eq!(Nix::set(&rows).to_string(), "{\n# one two */ ''\nenv.\"A-b c\" = [ ];\n\n}");
    }
}
