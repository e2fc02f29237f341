//! Functions and their parameters.

use rnix::SyntaxKind::*;
use rnix::{NodeOrToken, SyntaxNode};

use super::items::Items;
use super::terms::{expression, is_blank, is_bracket};
use super::{LayoutError, Text, fits, pad, parts, unknown};

pub(super) fn lambda(node: &SyntaxNode, indent: usize) -> Text {
    let param = node.first_child().ok_or_else(|| unknown(NODE_LAMBDA))?;
    let body = node.children().nth(1).ok_or_else(|| unknown(NODE_LAMBDA))?;
    // What stands between the colon and the body: a blank line is kept, and a line break before a set.
    let (mut blank, mut broken) = (false, false);
    let is_set = body.kind() == NODE_ATTR_SET;
    for part in node.children_with_tokens() {
        match part.kind() {
            TOKEN_WHITESPACE => {
                blank |= is_blank(&part.to_string());
                broken |= part.to_string().contains('\n');
            }
            TOKEN_COMMENT => return Err(unknown("comment behind a parameter")),
            _ => {}
        }
    }
    if param.kind() == NODE_IDENT_PARAM {
        let text = expression(&body, indent)?;
        let head = format!("{}:", param.text());
        if fits(&format!("{head} {text}"), 0) || is_bracket(&body) || body.kind() == NODE_LAMBDA && !blank {
            return Ok(format!("{head} {text}"));
        }
        return Ok(format!("{head}{}\n{}{text}", if blank { "\n" } else { "" }, pad(indent)));
    }
    let (head, is_line) = pattern(&param, indent)?;
    let body = expression(&body, indent)?;
    if is_line && !broken && (fits(&format!("{head}: {body}"), 0) || is_set) {
        return Ok(format!("{head}: {body}"));
    }
    Ok(format!("{head}:\n{}{}{body}", if blank { "\n" } else { "" }, pad(indent)))
}

/// The parameters, and whether they are on one line.
fn pattern(node: &SyntaxNode, indent: usize) -> Result<(String, bool), LayoutError> {
    let mut bind = (String::new(), String::new());
    let (mut is_open, mut ellipsis, mut inner) = (false, false, Vec::new());
    for part in node.children_with_tokens() {
        match part {
            NodeOrToken::Node(node) if node.kind() == NODE_PAT_BIND => {
                let name = node.text().to_string().replace('@', "").trim().to_owned();
                if is_open { bind.1 = format!("@{name}") } else { bind.0 = format!("{name}@") }
            }
            part if part.kind() == TOKEN_L_BRACE => is_open = true,
            part if part.kind() == TOKEN_R_BRACE => {}
            part if part.kind() == TOKEN_ELLIPSIS => ellipsis = true,
            part if is_open => inner.push(part),
            part if part.kind() == TOKEN_WHITESPACE => {}
            part => return Err(unknown(part.kind())),
        }
    }
    let items = Items::of(inner)?;
    let (before, behind) = bind;
    if items.len() == 0 {
        let inside = if ellipsis { "{ ... }" } else { "{ }" };
        return Ok((format!("{before}{inside}{behind}"), true));
    }
    let dots = |end: &str| if ellipsis { format!("{end}...") } else { String::new() };
    if !items.is_broken {
        let names = items.lines(indent, ",", entry)?.replace('\n', "");
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>();
        let line = format!("{before}{{ {}{} }}{behind}", names.join(", "), dots(", "));
        if fits(&line, 1) {
            return Ok((line, true));
        }
    }
    let deeper = pad(indent + 2);
    let lines = items.lines(indent + 2, ",", entry)?;
    let dots = dots(&format!("\n{deeper}"));
    Ok((format!("{before}{{\n{deeper}{lines}{dots}\n{}}}{behind}", pad(indent)), false))
}

fn entry(node: &SyntaxNode, indent: usize) -> Text {
    let parts: Vec<_> = parts(node)?;
    match &parts[..] {
        [name] => Ok(name.to_string()),
        [name, _, NodeOrToken::Node(value)] => Ok(format!("{name} ? {}", expression(value, indent)?)),
        _ => Err(unknown(node.kind())),
    }
}
