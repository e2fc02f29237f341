//! Calls, and what stands between parentheses.

use rnix::SyntaxKind::*;
use rnix::{NodeOrToken, SyntaxNode};

use super::terms::{expression, is_absorbed, is_bracket, list};
use super::{LayoutError, Text, WIDTH, fits, pad, parts, unknown};

/// The one argument of a call that may have several lines where all others have one.
pub(super) fn bracketed(all: &[SyntaxNode]) -> Option<usize> {
    let may = |at: &usize| matches!(all[*at].kind(), NODE_ATTR_SET | NODE_LIST | NODE_STRING | NODE_PAREN);
    let mut broken = (1..all.len()).filter(|at| all[*at].text().contains_char('\n'));
    match (broken.next(), broken.next()) {
        (Some(at), None) => Some(at).filter(may),
        // Laid out for the first time.
        (None, _) => all.len().checked_sub(1).filter(may),
        _ => None,
    }
}

/// A function and its arguments, the function first.
pub(super) fn chain(node: &SyntaxNode) -> Result<Vec<SyntaxNode>, LayoutError> {
    let mut all = Vec::new();
    let mut at = node.clone();
    while at.kind() == NODE_APPLY {
        let parts = parts(&at)?;
        let [NodeOrToken::Node(function), NodeOrToken::Node(argument)] = &parts[..] else {
            return Err(unknown(NODE_APPLY));
        };
        all.push(argument.clone());
        at = function.clone();
    }
    all.push(at);
    all.reverse();
    Ok(all)
}

pub(super) fn apply(node: &SyntaxNode, indent: usize) -> Text {
    let all = chain(node)?;
    let texts: Vec<String> = all.iter().map(|one| argument(one, indent)).collect::<Result<_, _>>()?;
    let line = texts.join(" ");
    if fits(&line, 0) {
        return Ok(line);
    }
    if let Some(at) = bracketed(&all) {
        let opens = texts[at].lines().next().unwrap_or_default();
        let head = format!("{} {opens}", texts[..at].join(" "));
        let is_whole = texts.iter().enumerate().all(|(other, text)| other == at || !text.contains('\n'));
        if is_whole && texts[at].contains('\n') && fits(&head, 0) {
            return Ok(line);
        }
    }
    // nixfmt breaks within one of the arguments first.
    if !line.contains('\n') || all.iter().any(|one| one.kind() == NODE_PAREN) {
        return Err(unknown("call that is longer than a line"));
    }
    let mut text = texts[0].clone();
    for argument in &all[1..] {
        text.push_str(&format!("\n{}{}", pad(indent + 2), expression(argument, indent + 2)?));
    }
    Ok(text)
}

/// An argument of a call: there short lists are on one line, and parentheses do not stand close around calls.
fn argument(node: &SyntaxNode, indent: usize) -> Text {
    match node.kind() {
        NODE_PAREN => paren(node, indent, true),
        NODE_LIST if !node.text().contains_char('\n') => {
            let items: Vec<_> =
                node.children().map(|one| expression(&one, indent)).collect::<Result<_, _>>()?;
            let line = format!("[ {} ]", items.join(" "));
            if items.len() > 1 && fits(&line, 0) { Ok(line) } else { list(node, indent) }
        }
        _ => expression(node, indent),
    }
}

pub(super) fn paren(node: &SyntaxNode, indent: usize, is_argument: bool) -> Text {
    let parts = parts(node)?;
    let [_, NodeOrToken::Node(inner), _] = &parts[..] else { return Err(unknown(NODE_PAREN)) };
    let text = expression(inner, indent)?;
    let is_close = match inner.kind() {
        NODE_BIN_OP | NODE_PAREN => false,
        NODE_LAMBDA => inner.children().last().is_some_and(|body| is_bracket(&body)),
        NODE_APPLY if !is_argument => {
            let all = chain(inner)?;
            bracketed(&all).is_some_and(|at| is_bracket(&all[at]))
        }
        NODE_APPLY | NODE_WITH if text.contains('\n') => return Err(unknown("call between parentheses")),
        NODE_APPLY | NODE_WITH => false,
        _ => is_absorbed(inner),
    };
    if !text.contains('\n') && text.chars().count() + 2 <= WIDTH || is_close {
        return Ok(format!("({text})"));
    }
    Ok(format!("(\n{}{}\n{})", pad(indent + 2), expression(inner, indent + 2)?, pad(indent)))
}
