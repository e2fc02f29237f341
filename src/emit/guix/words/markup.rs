//! Markdown, HTML and decoration in a stranger's line of text, read down to its words.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex_lite::Regex;

use crate::foreign::guarded;

/// Around what is code in [`words`]: private characters, which no text of ours holds otherwise.
pub(super) const CODE: char = '\u{e000}';
/// Its end.
pub(super) const END: char = '\u{e001}';

static HTML: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|</?([A-Za-z][A-Za-z0-9-]*)([^<>]*)>").ok());
static SHORTCODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^:[a-z0-9_+-]+:$").ok());

/// The words of a text, parted by single spaces, code between [`CODE`] and [`END`]. Images, emoji, trademark signs,
/// and what no reader sees are gone.
pub(super) fn words(text: &str) -> String {
    // Of a text that its parser fails on, the words as they stand.
    let marked = guarded(|| read(text.trim(), 0)).unwrap_or_else(|_| text.to_owned());
    let word = |word: &&str| !SHORTCODE.as_ref().is_some_and(|code| code.is_match(word));
    marked.split_whitespace().filter(word).collect::<Vec<_>>().join(" ")
}

/// Markdown as CommonMark has it. Of HTML that stands as a block, the text is read again (once).
fn read(text: &str, depth: u8) -> String {
    let mut out = String::with_capacity(text.len());
    let mut images = 0_usize;
    // A name that begins with underscores is no strong text: `__init__`.
    let mut name: Range<usize> = 0..0;
    for (event, range) in Parser::new(text).into_offset_iter() {
        if range.start < name.end {
            continue;
        }
        match event {
            Event::Start(Tag::Image { .. }) => images += 1,
            Event::End(TagEnd::Image) => images = images.saturating_sub(1),
            _ if images > 0 => {}
            Event::Start(Tag::Strong | Tag::Emphasis) if is_name(&text[range.clone()]) => {
                code(&mut out, &text[range.clone()]);
                name = range;
            }
            Event::Text(text) => plain(&mut out, &text),
            Event::Code(text) => code(&mut out, &text),
            Event::InlineHtml(tag) => element(&mut out, &tag, text),
            Event::Html(block) if depth == 0 => {
                let tagless = match &*HTML {
                    Some(html) => html.replace_all(&block, " ").into_owned(),
                    None => String::new(),
                };
                out.push_str(&read(tagless.trim(), depth + 1));
                out.push(' ');
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock) => {
                out.push(' ')
            }
            _ => {}
        }
    }
    out
}

/// `__main__`, `_id_`
fn is_name(text: &str) -> bool {
    text.starts_with('_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A tag that stands for itself ("renders a <video>") is code; one that marks text up, or has attributes, is gone.
fn element(out: &mut String, tag: &str, whole: &str) {
    let read = HTML.as_ref().and_then(|html| html.captures(tag));
    let named = read.and_then(|found| Some((found.get(1)?.as_str(), found.get(2)?.as_str())));
    let Some((name, rest)) = named else { return };
    let lower = whole.to_ascii_lowercase();
    let marks = tag.starts_with("</")
        || !rest.trim_matches([' ', '/']).is_empty()
        || ["br", "hr", "p", "img", "wbr"].contains(&name.to_ascii_lowercase().as_str())
        || lower.contains(&format!("</{}", name.to_ascii_lowercase()));
    if marks { out.push(' ') } else { code(out, tag) }
}

fn code(out: &mut String, text: &str) {
    let mut inner = String::new();
    plain(&mut inner, text);
    let inner = inner.trim();
    if inner.contains(char::is_alphanumeric) {
        out.extend([CODE]);
        out.push_str(inner);
        out.extend([END]);
    } else {
        out.push_str(inner);
    }
}

/// Text without what is decoration or unseen, its quotation marks those of a keyboard.
fn plain(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '“' | '”' | '„' | '«' | '»' => out.push('"'),
            '‘' | '’' => out.push('\''),
            // Stray marks of code: Texinfo reads them as quotation marks.
            '`' => {}
            c if is_decoration(c) => {}
            c => out.push(c),
        }
    }
}

/// Emoji and other pictures; trademark and copyright signs; characters without a width, or that turn the direction of
/// text; private ones.
fn is_decoration(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ad}' | '\u{ae}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}' | '\u{2117}' | '\u{2120}' | '\u{2122}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
        | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        words(text).replace(CODE, "[").replace(END, "]")
    }

    #[test]
    fn markdown_is_read() {
        for (text, expected) in [
            ("**Fast** `JSON` [parser](https://example.org)", "Fast [JSON] parser"),
            ("[![Build](https://e.org/b.svg)](https://e.org) Parses", "Parses"),
            ("# Title\n\nText\nmore", "Title Text more"),
            ("matches *.js and *.ts of foo_bar_baz", "matches *.js and *.ts of foo_bar_baz"),
            ("reads __init__ and __all__ files", "reads [__init__] and [__all__] files"),
            ("a &lt; b &amp; c\\*", "a < b & c*"),
            ("` `", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn html_is_read() {
        for (text, expected) in [
            ("<b>Bold</b> and<br>new <a href=\"x\">link</a>", "Bold and new link"),
            ("<div align=center>\n<img src=x>\nTool &amp; more</div>", "Tool & more"),
            ("Renders a <video> in React", "Renders a [<video>] in React"),
            ("Map<K, V> of <T>", "Map<K, V> of [<T>]"),
            ("text <!-- hidden --> end", "text end"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn decoration_goes() {
        assert_eq!(shown("🚀 Fast™ :rocket: tool\u{202e}\u{0}® 👩‍💻"), "Fast tool");
        assert_eq!(shown("\u{e000}a\u{e001} “b”\tc\u{1b}[1m"), "a \"b\" c [1m");
        assert_eq!(shown("🎉✨"), "");
    }
}
