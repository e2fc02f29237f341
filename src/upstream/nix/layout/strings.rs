//! Strings between `''`, which move with what they stand in.

use rnix::SyntaxNode;

use super::{Text, pad, unknown};

/// A string, its lines two blanks deeper than `indent`, where it has any.
pub(super) fn string(node: &SyntaxNode, indent: usize) -> Text {
    let text = node.text().to_string();
    let Some(inner) = text.strip_prefix("''").and_then(|text| text.strip_suffix("''")) else {
        return Ok(text);
    };
    if !inner.contains('\n') {
        return Ok(text);
    }
    if node.children().any(|part| part.text().contains_char('\n')) {
        return Err(unknown("line break within ${ }"));
    }
    let mut lines: Vec<&str> = inner.split('\n').collect();
    if !lines[0].trim().is_empty() {
        return Err(unknown("string that begins on the line of its quotes"));
    }
    lines.remove(0);
    let last = lines.pop().unwrap_or_default();
    let is_closed_alone = last.trim().is_empty();
    let depth = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let full = lines.iter().chain((!is_closed_alone).then_some(&last)).filter(|line| !line.trim().is_empty());
    let common = full.map(depth).min().unwrap_or(0);
    let mut out = "''\n".to_owned();
    for line in lines {
        if !line.trim().is_empty() {
            out.push_str(&pad(indent + 2));
            out.push_str(&line[common..]);
        }
        out.push('\n');
    }
    if is_closed_alone {
        out.push_str(&pad(indent));
    } else {
        out.push_str(&pad(indent + 2));
        out.push_str(&last[common..]);
    }
    out.push_str("''");
    Ok(out)
}
