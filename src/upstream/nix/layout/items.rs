//! What stands in a row: bindings of a set, elements of a list, arguments; with comments and blank lines.

use rnix::{NodeOrToken, SyntaxElement, SyntaxKind, SyntaxNode};

use super::{LayoutError, Text, pad, unknown};

/// One line or more of a row.
struct Item {
    node: Option<SyntaxNode>,
    /// Comments on lines of their own before it, or, without a node, at the end.
    comment: Option<String>,
    /// A comment behind it on its line.
    behind: Option<String>,
    is_after_blank: bool,
}

/// Everything between two brackets.
pub(super) struct Items {
    items: Vec<Item>,
    /// Whether the source has a line break in it.
    pub(super) is_broken: bool,
    /// Whether an empty line comes first, and last.
    starts_blank: bool,
    ends_blank: bool,
}

impl Items {
    /// From the nodes and tokens between the brackets; commas are left out.
    pub(super) fn of(parts: Vec<SyntaxElement>) -> Result<Self, LayoutError> {
        let (mut items, mut blank, mut broken, mut is_broken) = (Vec::<Item>::new(), false, false, false);
        let mut starts_blank = false;
        for part in parts {
            match part {
                NodeOrToken::Token(token) => match token.kind() {
                    SyntaxKind::TOKEN_WHITESPACE => {
                        let lines = token.text().matches('\n').count();
                        (blank, broken) = (lines > 1, broken || lines > 0);
                        starts_blank |= items.is_empty() && blank;
                        is_broken |= lines > 0;
                    }
                    SyntaxKind::TOKEN_COMMENT => {
                        let text = comment(token.text())?;
                        is_broken = true;
                        match items.last_mut() {
                            Some(last) if !broken && last.node.is_some() => last.behind = Some(text),
                            _ => items.push(Item {
                                node: None,
                                comment: Some(text),
                                behind: None,
                                is_after_blank: blank && !items.is_empty(),
                            }),
                        }
                        (blank, broken) = (false, false);
                    }
                    SyntaxKind::TOKEN_COMMA => {}
                    kind => return Err(unknown(kind)),
                },
                NodeOrToken::Node(node) => {
                    let is_after_blank = blank && !items.is_empty();
                    items.push(Item { node: Some(node), comment: None, behind: None, is_after_blank });
                    (blank, broken) = (false, false);
                }
            }
        }
        Ok(Self { items, is_broken, starts_blank, ends_blank: blank })
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// The one node, where there is nothing else.
    pub(super) fn only(&self) -> Option<&SyntaxNode> {
        match &self.items[..] {
            [Item { node: Some(node), behind: None, .. }] => Some(node),
            _ => None,
        }
    }

    /// Between two brackets that stand on lines of their own: from the end of the one to the beginning of the other.
    pub(super) fn inside(&self, indent: usize, end: &str, each: impl Fn(&SyntaxNode, usize) -> Text) -> Text {
        let gap = |is: bool| if is { "\n" } else { "" };
        let lines = self.lines(indent + 2, end, each)?;
        let (first, last) = (gap(self.starts_blank), gap(self.ends_blank));
        Ok(format!("\n{first}{}{lines}\n{last}{}", pad(indent + 2), pad(indent)))
    }

    /// Each on a line of its own, the first without indentation; `end` stands behind each node.
    pub(super) fn lines(&self, indent: usize, end: &str, each: impl Fn(&SyntaxNode, usize) -> Text) -> Text {
        let mut text = String::new();
        for (at, item) in self.items.iter().enumerate() {
            if at > 0 {
                text.push('\n');
                if item.is_after_blank {
                    text.push('\n');
                }
                text.push_str(&pad(indent));
            }
            if let Some(comment) = &item.comment {
                text.push_str(comment);
            }
            if let Some(node) = &item.node {
                text.push_str(&each(node, indent)?);
                text.push_str(end);
            }
            if let Some(behind) = &item.behind {
                text.push(' ');
                text.push_str(behind);
            }
        }
        Ok(text)
    }
}

/// Comments of a line alone; nixfmt changes those of `/* */`.
fn comment(text: &str) -> Text {
    if text.starts_with('#') {
        Ok(text.trim_end().to_owned())
    } else {
        Err(unknown("comment between /* and */"))
    }
}
