//! Expressions, one by one. Each gives its text without indentation on the first line.

use rnix::SyntaxKind::{self, *};
use rnix::{NodeOrToken, SyntaxNode};

use super::calls::{apply, bracketed, chain, paren};
use super::functions::lambda;
use super::items::Items;
use super::strings::string;
use super::{LayoutError, Text, fits, pad, parts, unknown};

pub(super) fn expression(node: &SyntaxNode, indent: usize) -> Text {
    match node.kind() {
        NODE_ATTR_SET => set(node, indent),
        NODE_LIST => list(node, indent),
        NODE_STRING => string(node, indent),
        NODE_LAMBDA => lambda(node, indent),
        NODE_APPLY => apply(node, indent),
        NODE_PAREN => paren(node, indent, false),
        NODE_WITH => with(node, indent),
        NODE_BIN_OP => operation(node, indent),
        NODE_IF_ELSE => condition(node, indent),
        NODE_LET_IN => binding_in(node, indent),
        NODE_SELECT | NODE_HAS_ATTR | NODE_UNARY_OP | NODE_ATTRPATH => joined(node, indent),
        NODE_IDENT | NODE_LITERAL | NODE_PATH_REL | NODE_PATH_ABS | NODE_PATH_SEARCH | NODE_PATH_HOME
        | NODE_DYNAMIC => Ok(node.text().to_string()),
        kind => Err(unknown(kind)),
    }
}

/// The nodes and tokens between the first and the last bracket.
fn between(node: &SyntaxNode, open: SyntaxKind, close: SyntaxKind) -> Result<Items, LayoutError> {
    let all: Vec<_> = node.children_with_tokens().collect();
    let first = all.iter().position(|part| part.kind() == open);
    let last = all.iter().rposition(|part| part.kind() == close);
    let (Some(first), Some(last)) = (first, last) else { return Err(unknown(node.kind())) };
    Items::of(all[first + 1..last].to_vec())
}

fn set(node: &SyntaxNode, indent: usize) -> Text {
    let rec = if node.first_token().is_some_and(|token| token.kind() == TOKEN_REC) { "rec " } else { "" };
    let items = between(node, TOKEN_L_BRACE, TOKEN_R_BRACE)?;
    if items.len() == 0 {
        let inside = if items.is_broken { format!("\n{}", pad(indent)) } else { " ".to_owned() };
        return Ok(format!("{rec}{{{inside}}}"));
    }
    if let Some(only) = items.only().filter(|_| !items.is_broken) {
        let line = format!("{rec}{{ {} }}", binding(only, indent)?);
        if fits(&line, 0) {
            return Ok(line);
        }
    }
    Ok(format!("{rec}{{{}}}", items.inside(indent, "", binding)?))
}

pub(super) fn list(node: &SyntaxNode, indent: usize) -> Text {
    let items = between(node, TOKEN_L_BRACK, TOKEN_R_BRACK)?;
    if items.len() == 0 {
        return Ok("[ ]".to_owned());
    }
    if let Some(only) = items.only().filter(|_| !items.is_broken) {
        let line = format!("[ {} ]", expression(only, indent)?);
        if fits(&line, 0) {
            return Ok(line);
        }
    }
    Ok(format!("[{}]", items.inside(indent, "", expression)?))
}

/// `name = value;` or `inherit ...;`
fn binding(node: &SyntaxNode, indent: usize) -> Text {
    match node.kind() {
        NODE_INHERIT => inherit(node, indent),
        NODE_ATTRPATH_VALUE => {
            let parts = parts(node)?;
            let [NodeOrToken::Node(path), _, NodeOrToken::Node(value), _] = &parts[..] else {
                return Err(unknown(node.kind()));
            };
            let name = path.text().to_string();
            Ok(format!("{name} ={};", after(value, indent, name.chars().count() + 2)?))
        }
        kind => Err(unknown(kind)),
    }
}

/// A value behind `=`: on the same line where it fits there or opens a bracket, else on the next.
fn after(value: &SyntaxNode, indent: usize, before: usize) -> Text {
    if value.kind() == NODE_BIN_OP
        && let Some(update) = update(value, indent)?
    {
        return Ok(format!(" {update}"));
    }
    let here = expression(value, indent)?;
    let first = here.lines().next().unwrap_or_default();
    // A string has nowhere to be broken. One for the blank, one for the semicolon.
    let stays = value.kind() == NODE_STRING
        || fits(&here, before + 2)
        || here.contains('\n') && is_absorbed(value) && fits(first, before + 1);
    if stays {
        return Ok(format!(" {here}"));
    }
    // nixfmt would rather break within an argument, and that is not for us to find out.
    if value.kind() == NODE_APPLY && is_absorbed(value) {
        return Err(unknown("call that is longer than a line"));
    }
    Ok(format!("\n{}{}", pad(indent + 2), expression(value, indent + 2)?))
}

/// Whether an expression of several lines may begin on the line of what it belongs to.
pub(super) fn is_absorbed(node: &SyntaxNode) -> bool {
    let last = || node.children().last();
    match node.kind() {
        NODE_ATTR_SET | NODE_LIST | NODE_STRING | NODE_PAREN => true,
        NODE_WITH => last().is_some_and(|last| is_bracket(&last)),
        NODE_APPLY => chain(node).is_ok_and(|all| bracketed(&all).is_some()),
        NODE_LAMBDA => {
            let plain = node.first_child().is_some_and(|param| param.kind() == NODE_IDENT_PARAM);
            plain
                && last()
                    .is_some_and(|body| is_bracket(&body) || body.kind() == NODE_LAMBDA && is_absorbed(&body))
        }
        NODE_BIN_OP => {
            let sides: Vec<_> = node.children().collect();
            let [left, _] = &sides[..] else { return false };
            let is_open = |one: &SyntaxNode| is_bracket(one) || one.kind() == NODE_WITH;
            is_open(left) || left.kind() == NODE_BIN_OP && is_absorbed(left)
        }
        _ => false,
    }
}

pub(super) fn is_bracket(node: &SyntaxNode) -> bool {
    matches!(node.kind(), NODE_ATTR_SET | NODE_LIST | NODE_STRING)
}

/// `a // {`, where the set begins on the line of what it updates.
fn update(value: &SyntaxNode, indent: usize) -> Result<Option<String>, LayoutError> {
    let sides: Vec<_> = value.children().collect();
    let is_update = value.children_with_tokens().any(|part| part.kind() == TOKEN_UPDATE);
    match &sides[..] {
        [left, right] if is_update && right.kind() == NODE_ATTR_SET => {
            let is_short = matches!(left.kind(), NODE_IDENT | NODE_SELECT | NODE_PAREN | NODE_APPLY);
            let (left, right) = (expression(left, indent)?, expression(right, indent)?);
            Ok((is_short && fits(&left, 5)).then(|| format!("{left} // {right}")))
        }
        _ => Ok(None),
    }
}

fn inherit(node: &SyntaxNode, indent: usize) -> Text {
    let (mut from, mut names) = (None, Vec::new());
    for part in parts(node)? {
        match part {
            NodeOrToken::Node(node) if node.kind() == NODE_INHERIT_FROM => {
                let inner = node.first_child().ok_or_else(|| unknown(NODE_INHERIT_FROM))?;
                from = Some(format!(" ({})", expression(&inner, indent)?));
            }
            NodeOrToken::Node(node) => names.push(node.text().to_string()),
            NodeOrToken::Token(_) => {}
        }
    }
    let from = from.unwrap_or_default();
    let line = format!("inherit{from} {};", names.join(" "));
    let is_broken = node.text().contains_char('\n');
    if fits(&line, 0) && !is_broken {
        return Ok(line);
    }
    let deeper = pad(indent + 2);
    let names: String = names.iter().map(|name| format!("\n{deeper}{name}")).collect();
    Ok(format!("inherit{from}{names}\n{deeper};"))
}

fn with(node: &SyntaxNode, indent: usize) -> Text {
    let parts = parts(node)?;
    let [_, NodeOrToken::Node(of), _, NodeOrToken::Node(body)] = &parts[..] else {
        return Err(unknown(NODE_WITH));
    };
    let head = format!("with {};", expression(of, indent)?);
    let text = expression(body, indent)?;
    if fits(&format!("{head} {text}"), 0) || is_bracket(body) {
        return Ok(format!("{head} {text}"));
    }
    Ok(format!("{head}\n{}{text}", pad(indent)))
}

/// Operands of one operator, each behind the operator on a line of its own where they do not fit on one.
fn operation(node: &SyntaxNode, indent: usize) -> Text {
    let (mut operands, mut operator) = (Vec::new(), String::new());
    operands_of(node, &mut operator, &mut operands)?;
    let texts: Vec<String> = operands.iter().map(|one| expression(one, indent)).collect::<Result<_, _>>()?;
    let line = texts.join(&format!(" {operator} "));
    if fits(&line, 0) && !is_broken_at(node, &operator) {
        return Ok(line);
    }
    Ok(texts.join(&format!("\n{}{operator} ", pad(indent))))
}

/// Whether the source has a line break before an operator.
fn is_broken_at(node: &SyntaxNode, operator: &str) -> bool {
    node.text().to_string().contains('\n')
        && node.children_with_tokens().any(|part| part.to_string() == operator)
}

fn operands_of(
    node: &SyntaxNode,
    operator: &mut String,
    operands: &mut Vec<SyntaxNode>,
) -> Result<(), LayoutError> {
    let parts = parts(node)?;
    let [NodeOrToken::Node(left), sign, NodeOrToken::Node(right)] = &parts[..] else {
        return Err(unknown(NODE_BIN_OP));
    };
    let sign = sign.to_string();
    if operator.is_empty() {
        operator.clone_from(&sign);
    }
    if *operator != sign {
        operands.push(node.clone());
        return Ok(());
    }
    for side in [left, right] {
        if side.kind() == NODE_BIN_OP {
            operands_of(side, operator, operands)?;
        } else {
            operands.push(side.clone());
        }
    }
    Ok(())
}

fn condition(node: &SyntaxNode, indent: usize) -> Text {
    let nodes: Vec<_> = parts(node)?.into_iter().filter_map(NodeOrToken::into_node).collect();
    let [question, yes, no] = &nodes[..] else { return Err(unknown(NODE_IF_ELSE)) };
    let text = |one: &SyntaxNode, indent| expression(one, indent);
    let line =
        format!("if {} then {} else {}", text(question, indent)?, text(yes, indent)?, text(no, indent)?);
    if fits(&line, 0) && !node.text().contains_char('\n') {
        return Ok(line);
    }
    let (outer, deeper) = (pad(indent), pad(indent + 2));
    let otherwise = match no.kind() {
        NODE_IF_ELSE => format!(" {}", text(no, indent)?),
        _ => format!("\n{deeper}{}", text(no, indent + 2)?),
    };
    let (question, yes) = (text(question, indent)?, text(yes, indent + 2)?);
    Ok(format!("if {question} then\n{deeper}{yes}\n{outer}else{otherwise}"))
}

fn binding_in(node: &SyntaxNode, indent: usize) -> Text {
    let items = between(node, TOKEN_LET, TOKEN_IN)?;
    let body = node.children().last().ok_or_else(|| unknown(NODE_LET_IN))?;
    let inside = items.inside(indent, "", binding)?;
    let mut blank = false;
    for part in node.children_with_tokens().skip_while(|part| part.kind() != TOKEN_IN) {
        match part.kind() {
            TOKEN_WHITESPACE => blank |= is_blank(&part.to_string()),
            TOKEN_COMMENT => return Err(unknown("comment behind in")),
            _ => {}
        }
    }
    let gap = if blank { "\n" } else { "" };
    Ok(format!("let{inside}in\n{gap}{}{}", pad(indent), expression(&body, indent)?))
}

/// Whether white space holds an empty line.
pub(super) fn is_blank(space: &str) -> bool {
    space.matches('\n').count() > 1
}

/// `a.b.c`, `a.b or c`, `a ? b`, `!a`.
fn joined(node: &SyntaxNode, indent: usize) -> Text {
    let mut text = String::new();
    for part in parts(node)? {
        let is_word = matches!(part.kind(), TOKEN_OR | TOKEN_QUESTION);
        let one = match &part {
            NodeOrToken::Node(node) => expression(node, indent)?,
            NodeOrToken::Token(token) => token.text().to_owned(),
        };
        text.push_str(&if is_word { format!(" {one} ") } else { one });
    }
    if text.contains('\n') {
        return Err(unknown("selection of several lines"));
    }
    Ok(text)
}
