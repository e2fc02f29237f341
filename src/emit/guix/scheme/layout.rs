//! Data in, text out: the rules of `(guix read-print)`, 78 columns.

use super::datum::Datum;
use super::forms::{self, Context};
use super::literal;

const WIDTH: usize = 78;
/// Lists with more items have one on each line.
const LONG: usize = 5;
/// Strings longer than this keep their line breaks.
const LONG_STRING: usize = 40;

/// A whole file; `size` is about how many bytes it will have.
pub fn file(data: &[Datum<'_>], size: usize) -> String {
    let mut layout = Layout { out: String::with_capacity(size + size / 8), context: Context::new() };
    for datum in data {
        layout.datum(datum, Place { indent: 0, column: 0, delimited: true });
        if !datum.is_blank() {
            layout.out.push('\n');
        }
    }
    layout.out
}

/// Where something is to be written. Columns are counted in characters from 0.
#[derive(Clone, Copy)]
struct Place {
    /// Where a new line would begin.
    indent: usize,
    /// Where this one has come to.
    column: usize,
    /// Whether no space is needed before what comes.
    delimited: bool,
}

struct Layout<'d> {
    out: String,
    context: Context<'d>,
}

impl<'d> Layout<'d> {
    fn new_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.spaces(indent);
    }

    fn spaces(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    /// The space that separates from what came before; its width.
    fn separate(&mut self, delimited: bool) -> usize {
        if !delimited {
            self.out.push(' ');
        }
        usize::from(!delimited)
    }

    /// Writes a datum or blank; the column after it.
    fn datum(&mut self, datum: &'d Datum<'_>, place: Place) -> usize {
        match datum {
            Datum::Comment { text, margin } => self.comment(text, *margin, place),
            Datum::Space => self.blank("\n", place),
            Datum::PageBreak => self.blank("\u{c}\n", place),
            Datum::List(items) if !items.is_empty() => self.list(datum, items, place),
            _ => self.atom(datum, place),
        }
    }

    fn blank(&mut self, text: &str, place: Place) -> usize {
        if !place.delimited {
            self.out.push('\n');
        }
        self.out.push_str(text);
        self.spaces(place.indent);
        place.indent
    }

    fn comment(&mut self, text: &str, margin: bool, place: Place) -> usize {
        if margin {
            self.out.push(' ');
        } else if place.column != place.indent {
            self.new_line(place.indent);
        }
        if place.indent == 0 {
            // Top-level comments stay as they are.
            self.out.push_str(text);
            if !margin && !text.ends_with('\n') {
                self.out.push('\n');
            }
        } else {
            let line = text.trim_start_matches(';').trim();
            self.out.push_str(match (margin, line) {
                (true, _) => ";",
                (false, "") => ";;",
                (false, _) => ";; ",
            });
            self.out.push_str(line);
            self.out.push('\n');
        }
        self.spaces(place.indent);
        place.indent
    }

    fn list(&mut self, datum: &'d Datum<'_>, items: &'d [Datum<'_>], place: Place) -> usize {
        if let Some((prefix, quoted)) = datum.prefixed() {
            let column = place.column + self.separate(place.delimited) + prefix.len();
            self.out.push_str(prefix);
            return self.datum(quoted, Place { column, delimited: true, ..place });
        }
        let Some((head, arguments)) = items.split_first() else { return place.column };
        let lead = head.symbol().and_then(|name| Some((name, forms::lead(name, &self.context)?)));
        match lead {
            Some((name, lead)) => self.special(name, lead, arguments, place),
            None => self.plain(head, arguments, place),
        }
    }

    /// A form whose first `lead` arguments stay on its line, its body indented by two.
    fn special(&mut self, name: &'d str, lead: usize, arguments: &'d [Datum<'_>], place: Place) -> usize {
        let start = place.column + self.separate(place.delimited);
        let shown = literal::displayed_symbol(name);
        self.context.push(Some(name));
        self.out.push('(');
        self.out.push_str(&shown);
        if lead > 0 {
            self.out.push(' ');
        }
        let (first, body) = arguments.split_at(lead.min(arguments.len()));
        let lead_indent = start + 1 + usize::from(lead > 0) + characters(&shown);
        let mut column = lead_indent;
        for (index, argument) in first.iter().enumerate() {
            column = self.datum(argument, Place { indent: lead_indent, column, delimited: index == 0 });
        }
        let indent = start + 2;
        if first.len() == lead {
            self.new_line(indent);
            column = indent;
        }
        let column = self.sequence(body, Place { indent, column, delimited: true });
        self.close(column)
    }

    fn plain(&mut self, head: &'d Datum<'_>, arguments: &'d [Datum<'_>], place: Place) -> usize {
        let start = if place.column >= WIDTH {
            self.new_line(place.indent);
            place.indent
        } else {
            place.column + self.separate(place.delimited)
        };
        self.out.push('(');
        let column = start + 1;
        let name = head.symbol();
        let breaks = name.is_some_and(|name| forms::breaks_after_name(name, &self.context))
            || begins_list_of_lists(head, arguments)
            || matches!(arguments.first(), Some(Datum::Comment { margin: false, .. }));
        self.context.push(name);
        let after_head = self.datum(head, Place { indent: column, column, delimited: true });
        let hangs = name.is_some() && !breaks && after_head < WIDTH && !protrudes(arguments, after_head + 1);
        let indent = if hangs { after_head + 1 } else { column };
        if breaks {
            self.new_line(indent);
        }
        let column = if breaks { indent } else { after_head };
        let column = self.sequence(arguments, Place { indent, column, delimited: breaks });
        self.close(column)
    }

    fn close(&mut self, column: usize) -> usize {
        self.context.pop();
        self.out.push(')');
        column + 1
    }

    /// What follows the head of a list.
    fn sequence(&mut self, items: &'d [Datum<'_>], mut place: Place) -> usize {
        let long = items.len() > LONG;
        // Whether this is the first item, or the value of the keyword before it.
        let mut stays = true;
        for (index, item) in items.iter().enumerate() {
            let keyword = matches!(item, Datum::Keyword(_));
            let breaks = (item.is_pair()
                || long
                || keyword && !matches!(item, Datum::Keyword(name) if name == "allow-other-keys"))
                && !stays
                && !place.delimited
                && !item.is_blank();
            if breaks {
                self.new_line(place.indent);
                place.column = place.indent;
            }
            let delimited = breaks || place.delimited;
            place.column = self.datum(item, Place { delimited, ..place });
            // A G-expression that is an argument of a package begins a line of its own.
            let gexp_next = items.get(index + 1).is_some_and(|next| next.head() == Some("gexp"));
            stays =
                keyword && !(gexp_next && forms::is_within(&self.context, &["list", "arguments", "package"]));
            place.delimited = item.is_blank();
        }
        place.column
    }

    fn atom(&mut self, datum: &Datum<'_>, place: Place) -> usize {
        let text = match datum {
            Datum::String(text) => self.string(text),
            Datum::Integer(value) => integer(*value, forms::base(&self.context)),
            Datum::Symbol(name) => literal::displayed_symbol(name),
            _ => {
                let mut text = String::new();
                flat(&mut text, datum);
                text
            }
        };
        let width = width(&text);
        if place.column + 1 + width > WIDTH && !place.delimited {
            self.new_line(place.indent);
            self.out.push_str(&text);
            return place.indent + width;
        }
        let space = self.separate(place.delimited);
        self.out.push_str(&text);
        place.column + space + width
    }

    fn string(&self, text: &str) -> String {
        let keeps = matches!(self.context.last(), Some(Some(name)) if forms::keeps_white_space(name));
        if keeps || text.contains('\n') && characters(text) > LONG_STRING {
            literal::natural_string(text)
        } else {
            literal::string(text)
        }
    }
}

/// Whether a list is one of lists, as the bindings of a `let` are.
fn begins_list_of_lists(head: &Datum<'_>, tail: &[Datum<'_>]) -> bool {
    const QUOTES: [&str; 4] = ["quote", "quasiquote", "unquote", "unquote-splicing"];
    matches!(head, Datum::List(items) if !items.is_empty())
        && !head.head().is_some_and(|name| QUOTES.contains(&name))
        && !tail.is_empty()
}

/// Whether an item that is no list would reach the last column if it were written at `indent`.
fn protrudes(items: &[Datum<'_>], indent: usize) -> bool {
    items.iter().any(|item| {
        let needed = match item {
            Datum::String(text) => width(text) + 2,
            Datum::Symbol(name) => width(&literal::displayed_symbol(name)),
            Datum::Boolean(_) => 2,
            Datum::List(items) if items.is_empty() => 2,
            _ => return false,
        };
        needed + indent >= WIDTH
    })
}

/// Of the longest line, in characters.
fn width(text: &str) -> usize {
    text.split('\n').map(characters).max().unwrap_or(0)
}

fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

fn integer(value: i128, base: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.unsigned_abs();
    match base {
        8 => format!("#o{sign}{size:o}"),
        16 => format!("#x{sign}{size:x}"),
        _ => value.to_string(),
    }
}

/// As Guile's `write` has it: on one line, nothing abbreviated.
fn flat(out: &mut String, datum: &Datum<'_>) {
    match datum {
        Datum::List(items) => flat_items(out, "(", items, None),
        Datum::Dotted(items, tail) => flat_items(out, "(", items, Some(tail)),
        Datum::Vector(items) => flat_items(out, "#(", items, None),
        Datum::String(text) => out.push_str(&literal::string(text)),
        Datum::Symbol(name) => out.push_str(&literal::symbol(name)),
        Datum::Keyword(name) => {
            out.push_str("#:");
            out.push_str(&literal::symbol(name));
        }
        Datum::Boolean(value) => out.push_str(if *value { "#t" } else { "#f" }),
        Datum::Integer(value) => out.push_str(&value.to_string()),
        Datum::Other(text) => out.push_str(text),
        // The reader leaves none where a list is written on one line.
        Datum::Comment { .. } | Datum::Space | Datum::PageBreak => {}
    }
}

fn flat_items(out: &mut String, open: &str, items: &[Datum<'_>], tail: Option<&Datum<'_>>) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        flat(out, item);
    }
    if let Some(tail) = tail {
        out.push_str(" . ");
        flat(out, tail);
    }
    out.push(')');
}
