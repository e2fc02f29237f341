//! Which expression a name stands for, as Nix scopes it.

use rnix::SyntaxKind::*;
use rnix::SyntaxNode;

use super::values::{STEPS, followed_within as followed, text};

/// What binds a name.
enum Bound {
    To(SyntaxNode),
    /// Inherited from what surrounds this node.
    Outside,
    /// An argument, or a part of something that is computed.
    Unknown,
}

/// The expression that a name stands for, seen from a node; `None` where it comes from outside of the file.
pub(super) fn meaning_within(name: &str, from: &SyntaxNode, fuel: usize) -> Option<SyntaxNode> {
    for outer in from.ancestors().skip(1) {
        let bound = match outer.kind() {
            NODE_LET_IN => entry(&outer, name, fuel),
            NODE_ATTR_SET if is_recursive(&outer) => entry(&outer, name, fuel),
            NODE_LAMBDA => parameter(&outer, name),
            _ => None,
        };
        match bound {
            Some(Bound::To(node)) => return Some(node),
            Some(Bound::Outside) => return meaning_within(name, &outer, fuel.checked_sub(1)?),
            Some(Bound::Unknown) => return None,
            None => {}
        }
    }
    None
}

/// The same, however far it leads.
pub fn meaning(name: &str, from: &SyntaxNode) -> Option<SyntaxNode> {
    meaning_within(name, from, STEPS)
}

fn is_recursive(set: &SyntaxNode) -> bool {
    set.first_token().is_some_and(|token| token.kind() == TOKEN_REC)
}

/// What a set or a `let` binds a name to.
fn entry(set: &SyntaxNode, name: &str, fuel: usize) -> Option<Bound> {
    for child in set.children() {
        match child.kind() {
            NODE_ATTRPATH_VALUE => {
                let names = names_of(&child);
                if names.first().is_none_or(|first| first != name) {
                    continue;
                }
                let value = child.children().nth(1).filter(|_| names.len() == 1);
                return Some(value.map_or(Bound::Unknown, Bound::To));
            }
            NODE_INHERIT if inherits(&child, name) => {
                let from = child.children().find(|part| part.kind() == NODE_INHERIT_FROM);
                let Some(from) = from else { return Some(Bound::Outside) };
                let found = from
                    .first_child()
                    .and_then(|from| followed(&from, fuel.checked_sub(1)?))
                    .and_then(|from| within(&from, &[name], fuel.checked_sub(1)?));
                return Some(found.map_or(Bound::Unknown, Bound::To));
            }
            _ => {}
        }
    }
    None
}

fn inherits(node: &SyntaxNode, name: &str) -> bool {
    node.children().filter(|part| part.kind() != NODE_INHERIT_FROM).any(|part| part.text() == name)
}

/// What a function's parameter is: of one that is given to another function (`finalAttrs: { ... }`) the set that it
/// gives.
fn parameter(lambda: &SyntaxNode, name: &str) -> Option<Bound> {
    let parameter = lambda.first_child()?;
    match parameter.kind() {
        NODE_IDENT_PARAM if parameter.text() == name => {
            let holder = lambda.ancestors().skip(1).find(|outer| outer.kind() != NODE_PAREN)?;
            let body = lambda.last_child().filter(|_| holder.kind() == NODE_APPLY);
            Some(body.map_or(Bound::Unknown, Bound::To))
        }
        NODE_PATTERN => {
            let is_it = |entry: &SyntaxNode| entry.first_child().is_some_and(|ident| ident.text() == name);
            let entry = parameter.children().find(is_it)?;
            // A default holds for as long as nobody overrides it, as what nixpkgs builds does not.
            let default = entry.children().nth(1).filter(|_| entry.kind() == NODE_PAT_ENTRY);
            Some(default.map_or(Bound::Unknown, Bound::To))
        }
        _ => None,
    }
}

/// The names of what a binding binds: `a.b` of `a.b = 1;`. A computed one is empty.
pub fn names_of(binding: &SyntaxNode) -> Vec<String> {
    let path = binding.children().find(|child| child.kind() == NODE_ATTRPATH);
    path.iter().flat_map(SyntaxNode::children).map(|part| name_of(&part)).collect()
}

pub(super) fn name_of(part: &SyntaxNode) -> String {
    match part.kind() {
        NODE_IDENT => part.text().to_string(),
        NODE_STRING => text(part).map(|text| text.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What a set, or the set that a function is given, has under a path of names.
pub(super) fn within(holder: &SyntaxNode, path: &[&str], fuel: usize) -> Option<SyntaxNode> {
    let fuel = fuel.checked_sub(1)?;
    let set = match holder.kind() {
        NODE_APPLY => given(holder, fuel)?,
        NODE_ATTR_SET => holder.clone(),
        _ => return None,
    };
    let (first, rest) = path.split_first()?;
    for binding in set.children().filter(|child| child.kind() == NODE_ATTRPATH_VALUE) {
        let names = names_of(&binding);
        if names.len() <= path.len() && names.iter().zip(path).all(|(name, wanted)| name == wanted) {
            let value = binding.children().nth(1)?;
            if names.len() == path.len() {
                return Some(value);
            }
            return within(&followed(&value, fuel)?, &path[names.len()..], fuel);
        }
    }
    let value = match entry(&set, first, fuel)? {
        Bound::To(value) => value,
        Bound::Outside => meaning_within(first, &set, fuel)?,
        Bound::Unknown => return None,
    };
    if rest.is_empty() { Some(value) } else { within(&followed(&value, fuel)?, rest, fuel) }
}

/// The same, however far it leads.
pub fn attribute(holder: &SyntaxNode, path: &[&str]) -> Option<SyntaxNode> {
    within(holder, path, STEPS)
}

/// The set that a function is given: as it stands, or by a function of the set itself.
pub fn argument(apply: &SyntaxNode) -> Option<SyntaxNode> {
    given(apply, STEPS)
}

fn given(apply: &SyntaxNode, fuel: usize) -> Option<SyntaxNode> {
    let mut given = apply.children().nth(1)?;
    loop {
        given = match given.kind() {
            NODE_PAREN => given.first_child()?,
            NODE_LAMBDA => given.last_child()?,
            NODE_ATTR_SET => return Some(given),
            _ => return followed(&given, fuel.checked_sub(1)?).filter(|set| set.kind() == NODE_ATTR_SET),
        };
    }
}

/// The last name of the function that is applied: `fetchurl` of `pkgs.fetchurl { }`.
pub fn function(apply: &SyntaxNode) -> Option<String> {
    let called = apply.first_child()?;
    match called.kind() {
        NODE_IDENT => Some(called.text().to_string()),
        NODE_SELECT => called.last_child()?.last_child().map(|last| name_of(&last)),
        // `buildNpmPackage.override { } { }`, `mkDerivation finalAttrs { }`
        NODE_APPLY | NODE_PAREN => function(&called).or_else(|| Some(called.text().to_string())),
        _ => None,
    }
}
