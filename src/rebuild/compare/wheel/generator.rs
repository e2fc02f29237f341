//! The line of WHEEL that says which tool made it, and in which version.

use crate::rebuild::compare::Normalisation;

/// That both are the same but for what stands behind `Generator: ` in the one line that begins so.
pub(super) fn explained(built: &[u8], published: &[u8]) -> Option<Normalisation> {
    let (built, published) = (File::read(built)?, File::read(published)?);
    let is_same = (built.before, built.after) == (published.before, published.after);
    let named = |file: &File<'_>| file.tool.to_owned();
    is_same.then(|| Normalisation::Generator { registry: named(&published), built: named(&built) })
}

/// WHEEL, with what stands before the name of the tool and behind it.
struct File<'a> {
    before: &'a str,
    tool: &'a str,
    after: &'a str,
}

impl<'a> File<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        const FIELD: &str = "Generator: ";
        let text = std::str::from_utf8(bytes).ok()?;
        let mut fields = text.match_indices(FIELD).map(|(at, _)| at);
        let at = fields.next().filter(|at| *at == 0 || text[..*at].ends_with('\n'))?;
        let (before, rest) = text.split_at(at + FIELD.len());
        let (tool, after) = rest.split_at(rest.find(['\n', '\r'])?);
        let is_plain = !tool.is_empty() && tool.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        (fields.next().is_none() && is_plain).then_some(Self { before, tool, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(built: &[u8], published: &[u8]) -> bool {
        explained(built, published).is_some()
    }

    const WHEEL: &str =
        "Wheel-Version: 1.0\nGenerator: setuptools (80.9.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n\n";

    #[test]
    fn another_tool_or_version() {
        for tool in ["setuptools (82.0.1)", "hatchling 1.27.0", "bdist_wheel (0.45.1)"] {
            let other = WHEEL.replace("setuptools (80.9.0)", tool);
            let by = Normalisation::Generator {
                registry: "setuptools (80.9.0)".to_owned(),
                built: tool.to_owned(),
            };
            assert_eq!(explained(other.as_bytes(), WHEEL.as_bytes()), Some(by));
        }
    }

    #[test]
    fn nothing_else() {
        for (what, from, to) in [
            ("another tag", "py3-none-any", "py3-none-linux_x86_64"),
            ("where its files go", "true", "false"),
            ("a line behind it", "(80.9.0)\n", "(80.9.0)\nRoot-Is-Purelib: false\n"),
            ("a line behind it that goes on", "(80.9.0)\n", "(80.9.0)\n x\n"),
            ("a CR behind it", "(80.9.0)\n", "(80.9.0)\rRoot-Is-Purelib: false\n"),
            ("another line end", "(80.9.0)\n", "(80.9.0)\r\n"),
            ("a form feed", "(80.9.0)", "(80.9.0)\u{c}Root-Is-Purelib: false"),
            ("a line separator", "(80.9.0)", "(80.9.0)\u{2028}Root-Is-Purelib: false"),
            ("two of them", "(80.9.0)\n", "(80.9.0)\nGenerator: x\n"),
            ("no tool", "setuptools (80.9.0)", ""),
            ("no such line", "Generator: setuptools (80.9.0)\n", ""),
            ("another field", "\nGenerator: ", "\nX-Generator: "),
            ("another case", "Generator: ", "generator: "),
            (
                "another order",
                "Wheel-Version: 1.0\nGenerator: setuptools (80.9.0)\n",
                "Generator: x\nWheel-Version: 1.0\n",
            ),
            ("an empty line", "Wheel-Version: 1.0\n", "Wheel-Version: 1.0\n\n"),
        ] {
            let other = WHEEL.replace(from, to);
            assert_ne!(other, WHEEL, "{what}");
            assert!(!is_same(other.as_bytes(), WHEEL.as_bytes()), "{what}");
            assert!(!is_same(WHEEL.as_bytes(), other.as_bytes()), "{what}");
        }
        assert!(!is_same(b"Generator: x\xff\n", b"Generator: x\n"), "no UTF-8");
        assert!(!is_same(b"Generator: x", b"Generator: y"), "no line end");
    }
}
