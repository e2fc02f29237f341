//! The list of a Python package's dependencies, and the arguments of the file that it names.

use std::collections::BTreeSet;
use std::ops::Range;

use rnix::SyntaxKind::*;
use rnix::{NodeOrToken, SyntaxNode};

use crate::upstream::nix::expression::is_name;
use crate::upstream::nix::reading::{Edits, File, attribute, range};

/// `dependencies`, as the file has it.
#[derive(Clone, Debug)]
pub struct Dependencies {
    root: SyntaxNode,
    list: SyntaxNode,
    /// What stands before each name: `python3Packages.`
    prefix: String,
    /// The arguments of the file, where the names come from there.
    arguments: Option<SyntaxNode>,
}

impl Dependencies {
    /// Of the package's set; `None` where there is no list of names.
    pub(super) fn read(file: &File, set: &SyntaxNode) -> Option<Self> {
        let mut value =
            ["dependencies", "propagatedBuildInputs"].iter().find_map(|name| attribute(set, &[name]))?;
        let mut is_within = false;
        while value.kind() != NODE_LIST {
            value = match value.kind() {
                NODE_WITH => {
                    is_within = true;
                    value.last_child()?
                }
                // `[ ... ] ++ lib.optionals ...`: what is always there stands first.
                NODE_PAREN | NODE_BIN_OP => value.first_child()?,
                _ => return None,
            };
        }
        let first = value.children().find(|item| item.kind() == NODE_SELECT);
        let prefix = first.and_then(|item| {
            let text = item.text().to_string();
            text.rfind('.').map(|at| text[..=at].to_owned())
        });
        let prefix = prefix.unwrap_or_default();
        let arguments = file.root.descendants().find(|node| node.kind() == NODE_PATTERN);
        Some(Self {
            root: file.root.clone(),
            arguments: arguments.filter(|_| !is_within && prefix.is_empty()),
            list: value,
            prefix,
        })
    }

    /// The names of the list.
    pub fn names(&self) -> BTreeSet<String> {
        self.list.children().filter_map(|item| name(&item)).collect()
    }

    /// Adds and removes names.
    pub(super) fn edit(&self, came: &[String], went: &[String], edits: &mut Edits) {
        let items: Vec<SyntaxNode> = self.list.children().collect();
        let went: Vec<&SyntaxNode> =
            items.iter().filter(|item| name(item).is_some_and(|name| went.contains(&name))).collect();
        let came: Vec<&String> = came.iter().filter(|name| is_name(name)).collect();
        if came.is_empty() && went.is_empty() {
            return;
        }
        if !came.is_empty() && went.len() == items.len() || items.len() < 2 && !came.is_empty() {
            self.rewrite(&items, &went, &came, edits);
        } else {
            went.iter().for_each(|item| edits.replace(with_blank(item), ""));
            self.add(&items, &went, &came, edits);
        }
        if let Some(arguments) = &self.arguments {
            came.iter().for_each(|name| argue(arguments, name, &self.names(), edits));
            went.iter()
                .filter_map(|item| name(item))
                .for_each(|name| drop_argument(&self.root, arguments, &name, edits));
        }
    }

    /// Puts names where they belong by the alphabet, one on each line as the others.
    fn add(&self, items: &[SyntaxNode], went: &[&SyntaxNode], came: &[&String], edits: &mut Edits) {
        let left: Vec<&SyntaxNode> = items.iter().filter(|item| !went.contains(item)).collect();
        let Some(last) = left.last() else { return };
        for new in came {
            let after = left.iter().rev().find(|item| name(item).is_some_and(|name| name < **new));
            let (place, blank) = match after {
                Some(item) => (line_end(item), blank_before(item)),
                None if left.first().is_some_and(|first| name(first).is_some()) => {
                    let first = left[0];
                    (range(first).start - blank_before(first).len(), blank_before(first))
                }
                None => (line_end(last), blank_before(last)),
            };
            edits.insert(place, &format!("{blank}{}{new}", self.prefix));
        }
    }

    /// Writes a list of none or one item anew, as nixfmt lays it out.
    fn rewrite(&self, items: &[SyntaxNode], went: &[&SyntaxNode], came: &[&String], edits: &mut Edits) {
        let at = range(&self.list);
        let before = self.root.text().to_string();
        let line = before.get(..at.start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let mut all: BTreeSet<String> =
            items.iter().filter(|item| !went.contains(item)).map(|item| item.text().to_string()).collect();
        all.extend(came.iter().map(|name| format!("{}{name}", self.prefix)));
        let text = match all.iter().collect::<Vec<_>>()[..] {
            [only] => format!("[ {only} ]"),
            _ => {
                let lines: String = all.iter().map(|item| format!("{indent}  {item}\n")).collect();
                if let Some(blank) = blank_before_operator(&self.list) {
                    edits.replace(blank, format!("\n{indent}"));
                }
                format!("[\n{lines}{indent}]")
            }
        };
        edits.replace(at, text);
    }
}

/// The blanks between a list and a `++` on its line: behind a list of several lines it leads the next one.
fn blank_before_operator(list: &SyntaxNode) -> Option<Range<usize>> {
    let blank = list.next_sibling_or_token()?.into_token()?;
    let operator = blank.next_sibling_or_token()?;
    let is_one = blank.kind() == TOKEN_WHITESPACE && !blank.text().contains('\n');
    let at = blank.text_range();
    (is_one && operator.kind() == TOKEN_CONCAT).then(|| at.start().into()..at.end().into())
}

/// The last name of an item.
fn name(item: &SyntaxNode) -> Option<String> {
    match item.kind() {
        NODE_IDENT => Some(item.text().to_string()),
        NODE_SELECT => item.text().to_string().rsplit('.').next().map(str::to_owned),
        _ => None,
    }
}

/// The white space before a node.
fn blank_before(node: &SyntaxNode) -> String {
    let before = node.prev_sibling_or_token();
    let blank = before.and_then(NodeOrToken::into_token).filter(|token| token.kind() == TOKEN_WHITESPACE);
    // Of an empty line before it nothing is repeated.
    blank
        .map(|token| {
            token.text().rfind('\n').map_or(token.text().to_owned(), |at| token.text()[at..].to_owned())
        })
        .unwrap_or_default()
}

fn with_blank(node: &SyntaxNode) -> Range<usize> {
    let at = range(node);
    at.start - blank_before(node).len()..line_end(node)
}

/// Where a node ends, or the comment behind it on its line.
fn line_end(node: &SyntaxNode) -> usize {
    let mut end = range(node).end;
    let mut next = node.next_sibling_or_token();
    while let Some(NodeOrToken::Token(token)) = next {
        match token.kind() {
            TOKEN_COMMENT => {
                end = usize::from(token.text_range().end());
                break;
            }
            TOKEN_WHITESPACE if !token.text().contains('\n') => {}
            TOKEN_COMMA => end = usize::from(token.text_range().end()),
            _ => break,
        }
        next = token.next_sibling_or_token();
    }
    end
}

/// Adds an argument beside those that the list names.
fn argue(arguments: &SyntaxNode, new: &str, listed: &BTreeSet<String>, edits: &mut Edits) {
    let entries: Vec<SyntaxNode> =
        arguments.children().filter(|child| child.kind() == NODE_PAT_ENTRY).collect();
    let of =
        |entry: &SyntaxNode| entry.first_child().map(|ident| ident.text().to_string()).unwrap_or_default();
    if entries.iter().any(|entry| of(entry) == new) {
        return;
    }
    let beside = || entries.iter().filter(|entry| listed.contains(&of(entry)));
    let after = beside().rfind(|entry| of(entry).as_str() < new);
    if let (None, Some(first)) = (after, beside().next()) {
        return edits.insert(range(first).start, &format!("{new}{}", separator(first)));
    }
    let Some(entry) = after.or_else(|| entries.last()) else { return };
    let blank = blank_before(entry);
    if next_comma(entry).is_some() && (blank.contains('\n') || !is_led_by_comma(entry)) {
        // Each on its line, with the comma behind it.
        edits.insert(line_end(entry), &format!("{blank}{new},"));
    } else {
        // The comma leads the line, or none follows the last.
        edits.insert(range(entry).end, &format!("{}, {new}", lead(entry).unwrap_or_default()));
    }
}

/// The white space before the comma that leads an entry's line.
fn lead(entry: &SyntaxNode) -> Option<String> {
    let comma = entry.prev_sibling_or_token().and_then(|blank| blank.prev_sibling_or_token());
    let comma = comma.filter(|comma| comma.kind() == TOKEN_COMMA);
    let blank = comma.and_then(|comma| comma.prev_sibling_or_token());
    blank.filter(|blank| blank.kind() == TOKEN_WHITESPACE).map(|blank| blank.to_string())
}

/// What stands between two entries, as people wrote them here.
fn separator(entry: &SyntaxNode) -> String {
    lead(entry).map_or_else(|| format!(",{}", blank_before(entry)), |lead| format!("{lead}, "))
}

fn next_comma(entry: &SyntaxNode) -> Option<usize> {
    let next = entry.next_sibling_or_token().filter(|next| next.kind() == TOKEN_COMMA)?;
    Some(usize::from(next.text_range().end()))
}

fn is_led_by_comma(entry: &SyntaxNode) -> bool {
    let before = entry.prev_sibling_or_token().and_then(|blank| blank.prev_sibling_or_token());
    before.is_some_and(|before| before.kind() == TOKEN_COMMA)
}

/// Removes an argument that nothing else of the file names.
fn drop_argument(root: &SyntaxNode, arguments: &SyntaxNode, gone: &str, edits: &mut Edits) {
    let uses = root.descendants().filter(|node| node.kind() == NODE_IDENT && node.text() == gone).count();
    let entry = arguments.children().find(|entry| {
        entry.kind() == NODE_PAT_ENTRY && entry.first_child().is_some_and(|ident| ident.text() == gone)
    });
    let Some(entry) = entry.filter(|_| uses == 2) else { return };
    if next_comma(&entry).is_some() && blank_before(&entry).contains('\n') {
        edits.replace(with_blank(&entry), "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rnix::SyntaxKind::NODE_ATTR_SET;

    fn edited(text: &str, came: &[&str], went: &[&str]) -> String {
        let file = File::parse(text).unwrap();
        let set = file.root.descendants().find(|node| node.kind() == NODE_ATTR_SET).unwrap();
        let dependencies = Dependencies::read(&file, &set).unwrap();
        let mut edits = Edits::default();
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        dependencies.edit(&own(came), &own(went), &mut edits);
        let text = edits.applied(text).unwrap();
        assert!(File::parse(&text).is_ok(), "{text}");
        text
    }

    #[test]
    fn names_come_and_go() {
        for (text, came, went, expected) in [
            (
                "{\n  lib,\n  # dependencies\n  attrs,\n  six,\n}:\nf {\n  dependencies = [\n    attrs\n    six # old\n  ];\n}",
                &["click"][..],
                &[][..],
                "{\n  lib,\n  # dependencies\n  attrs,\n  click,\n  six,\n}:\nf {\n  dependencies = [\n    attrs\n    click\n    six # old\n  ];\n}",
            ),
            (
                "{\n  attrs,\n  lib,\n  six,\n}:\nf {\n  dependencies = [\n    attrs\n    six\n  ];\n}",
                &[],
                &["six"],
                "{\n  attrs,\n  lib,\n}:\nf {\n  dependencies = [\n    attrs\n  ];\n}",
            ),
            (
                "{ attrs, lib }: f {\n  dependencies = [ attrs ];\n}",
                &["a", "b"],
                &[],
                "{ a, attrs, b, lib }: f {\n  dependencies = [\n    a\n    attrs\n    b\n  ];\n}",
            ),
            (
                "{ lib\n, attrs\n}: f {\n  propagatedBuildInputs = [\n    attrs\n    z\n  ];\n}",
                &["b"],
                &[],
                "{ lib\n, attrs\n, b\n}: f {\n  propagatedBuildInputs = [\n    attrs\n    b\n    z\n  ];\n}",
            ),
            (
                "{ python3Packages }: f {\n  dependencies = with python3Packages; [\n    b\n    c\n  ] ++ x;\n}",
                &["a", "d"],
                &["c"],
                "{ python3Packages }: f {\n  dependencies = with python3Packages; [\n    a\n    b\n    d\n  ] ++ x;\n}",
            ),
            (
                "{ p }: f {\n  dependencies = [\n    p.b\n    p.c\n  ];\n}",
                &["d"],
                &["b"],
                "{ p }: f {\n  dependencies = [\n    p.c\n    p.d\n  ];\n}",
            ),
            (
                "{\n  attrs, # a\n  six,\n}:\nf {\n  dependencies = [\n    attrs # b\n    six # c\n    z\n  ];\n}",
                &["click", "dill"],
                &["six"],
                "{\n  attrs, # a\n  click,\n  dill,\n}:\nf {\n  dependencies = [\n    attrs # b\n    click\n    dill\n    z\n  ];\n}",
            ),
            (
                "{\n  attrs,\n  six,\n}:\nf {\n  dependencies = [\n    attrs\n    six\n  ];\n}",
                &["click"],
                &["six"],
                "{\n  attrs,\n  click,\n}:\nf {\n  dependencies = [\n    attrs\n    click\n  ];\n}",
            ),
            (
                "{ b }: f {\n  dependencies = [ b ] ++ x;\n}",
                &["a"],
                &[],
                "{ a, b }: f {\n  dependencies = [\n    a\n    b\n  ]\n  ++ x;\n}",
            ),
            ("{ }: f { dependencies = [ ]; }", &["a"], &[], "{ }: f { dependencies = [ a ]; }"),
        ] {
            assert_eq!(edited(text, came, went), expected, "{text}");
        }
    }
}
