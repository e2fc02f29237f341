//! What a README says of its project before it speaks of anything else.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::restructured::{self, is_restructured};
use super::sentences;
use crate::foreign::guarded;

/// Where repositories have it, the usual name first.
pub const READMES: [&str; 6] = ["README.md", "README.rst", "readme.md", "Readme.md", "README", "README.txt"];

/// Shortest text that says something, in characters.
const LEAST: usize = 60;
/// A text of this length needs no more paragraphs, in characters.
const ENOUGH: usize = 300;
/// Longest text, in characters.
const MOST: usize = 1200;
/// Headings above a text that is about the project as a whole: its name, and "About".
pub(super) const TITLES: usize = 2;
/// How sentences begin that speak of something else than what the project does.
const ASIDES: [&str; 25] = [
    "build status",
    "caution",
    "check out",
    "deprecat",
    "details can be found",
    "documentation",
    "for a ",
    "for details",
    "for further",
    "for more",
    "for much more",
    "important",
    "install",
    "looking for",
    "more details",
    "more information",
    "note",
    "please ",
    "read ",
    "see ",
    "table of contents",
    "take a look",
    "to install",
    "to learn more",
    "warning",
];
/// What sentences speak of that ask for money or help, count users, or lead elsewhere.
const OF_THE_PROJECT: [&str; 10] = [
    "are available here",
    "blog post",
    "contribut",
    "donat",
    "downloads",
    "funding",
    "is available here",
    "open collective",
    "sponsor",
    "trusted by",
];

/// The paragraphs at the beginning of a README, in Markdown: those of sentences, up to the next heading. `None` where
/// there are none.
pub fn introduction(name: &str, text: &str) -> Option<String> {
    let paragraphs = match is_restructured(name, text) {
        true => restructured::paragraphs(text),
        false => guarded(|| markdown(text)).unwrap_or_default(),
    };
    let mut found = String::new();
    for paragraph in paragraphs.iter().map(|paragraph| about_it(paragraph)).filter(|text| !text.is_empty()) {
        if found.chars().count() + paragraph.chars().count() > MOST {
            break;
        }
        if !found.is_empty() {
            found.push_str("\n\n");
        }
        found.push_str(&paragraph);
        if found.chars().count() >= ENOUGH {
            break;
        }
    }
    (found.chars().count() >= LEAST).then_some(found)
}

/// Whether a paragraph is made of sentences about the project.
pub(super) fn is_prose(text: &str) -> bool {
    let plain = text.trim();
    let lower = plain.to_lowercase();
    let begins = plain.trim_start_matches(['*', '_', '`', '[']).starts_with(char::is_alphanumeric);
    begins
        && plain.ends_with(['.', '!'])
        && plain.split_whitespace().count() > 4
        && !plain.contains("://")
        && !ASIDES.iter().any(|aside| lower.trim_start_matches(['*', '_']).starts_with(aside))
}

/// The sentences of a paragraph that say what the project does.
fn about_it(paragraph: &str) -> String {
    let is_aside = |sentence: &String| {
        let lower = sentence.to_lowercase();
        ASIDES.iter().any(|aside| lower.starts_with(aside))
            || OF_THE_PROJECT.iter().any(|word| lower.contains(word))
    };
    let kept: Vec<String> = sentences::split(paragraph).into_iter().filter(|one| !is_aside(one)).collect();
    kept.join(" ")
}

/// Paragraphs of Markdown before the second heading, as they stand. What lies in a list, a quotation or a table is none.
fn markdown(text: &str) -> Vec<String> {
    let (mut found, mut headings, mut depth) = (Vec::new(), 0, 0_usize);
    let mut open: Option<Paragraph> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                headings += 1;
                if headings > 1 && !found.is_empty() || headings > TITLES {
                    break;
                }
                depth += 1;
            }
            Event::Start(Tag::Paragraph) if depth == 0 => open = Some(Paragraph::default()),
            Event::End(TagEnd::Paragraph) if depth == 0 => {
                found.extend(open.take().and_then(Paragraph::prose));
            }
            Event::Start(Tag::Link { .. } | Tag::Emphasis | Tag::Strong)
            | Event::End(TagEnd::Link | TagEnd::Emphasis | TagEnd::Strong) => {}
            Event::Start(_) => {
                if let Some(open) = &mut open {
                    open.has_other = true;
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            event => {
                if let Some(open) = open.as_mut().filter(|_| depth == 0) {
                    open.add(&event);
                }
            }
        }
    }
    found
}

/// A paragraph of Markdown as it comes to be read.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// Images and the like.
    has_other: bool,
}

impl Paragraph {
    fn add(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => self.text.push_str(text),
            Event::Code(code) => self.text.push_str(&format!("`{code}`")),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => self.has_other = true,
        }
    }

    fn prose(self) -> Option<String> {
        (!self.has_other && is_prose(&self.text)).then_some(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_anything_else() {
        let one = "Tool reads files of many kinds and prints what is in them, line by line.";
        let two = "It knows `tar` and zip, and asks nobody for anything else.";
        for (name, text, expected) in [
            (
                "README.md",
                format!("# Tool\n\n[![b](x)](y)\n\n{one}\n\n## Use\n\n{two}\n"),
                Some(one.to_owned()),
            ),
            ("README.md", format!("# Tool\n\n{one}\n\n{two}\n"), Some(format!("{one}\n\n{two}"))),
            (
                "README.md",
                format!(
                    "<p align=center>x</p>\n\n# Tool\n\n> Quoted text is none of it at all.\n\n- {two}\n\n{one}"
                ),
                Some(one.to_owned()),
            ),
            (
                "README.md",
                format!("# Tool\n\n## About\n\n[Tool](https://x.example) {}\n", &one[5..]),
                Some(one.to_owned()),
            ),
            (
                "README.md",
                "# Tool\n\nInstall it with pip, which is all that there is to do, and then run it.\n"
                    .to_owned(),
                None,
            ),
            ("README.md", "# Tool\n\nShort text.\n".to_owned(), None),
            // Sentences that only lead away from it, or ask for something.
            (
                "README.md",
                format!(
                    "# Tool\n\n{one} For more, look at the guide.\n\nOur sponsors pay for Tool, which is nice of them.\n"
                ),
                Some(one.to_owned()),
            ),
            ("README.md", format!("# Tool\n\n{}\n", one.trim_end_matches('.')), None),
            ("README.md", format!("# Tool\n\n## Install\n\n### Options\n\n{one}\n"), None),
            ("README.md", String::new(), None),
            (
                "README.rst",
                format!("Tool\n====\n\n.. image:: x\n   :target: y\n\n{one}\n\nUse\n---\n\n{two}"),
                Some(one.to_owned()),
            ),
            (
                "README.rst",
                format!(
                    "====\nTool\n====\n\n{}",
                    two.replace('`', "``").replace("It", "The tool, which is fast,")
                ),
                Some(two.replace("It", "The tool, which is fast,")),
            ),
            (
                "README.rst",
                format!("Tool\n====\n\n`Tool <https://x.example>`_ {}", &one[5..]),
                Some(one.to_owned()),
            ),
            (
                "README.rst",
                format!("Tool\n====\n\n{}\n\n.. _tool: https://x.example\n", one.replace("Tool", "Tool_")),
                Some(one.to_owned()),
            ),
            ("README.rst", format!("Tool\n====\n\n|tool| {}", &one[5..]), None),
        ] {
            assert_eq!(introduction(name, &text), expected, "{text}");
        }
        let long = format!("{}.", "word ".repeat(100).trim());
        assert_eq!(introduction("README", &format!("{long}\n\n{long}\n")), Some(long));
    }
}
