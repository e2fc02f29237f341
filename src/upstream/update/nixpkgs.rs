//! Files of nixpkgs: the package that one defines, and what of it an update changes.

use rnix::SyntaxKind::*;
use rnix::SyntaxNode;

use super::hashes::{Pinned, bindings};
use super::source::{Source, source};
use super::{
    CargoDeps, Definition, Dependencies, Language, Literal, NpmDeps, Refusal, cargo, locks, patches,
};
use crate::upstream::nix::reading::{
    File, argument, attribute, followed, function, meaning, names_of, range, text,
};

/// Reads a file.
pub(super) fn read(text_of: &str) -> Result<Definition, Refusal> {
    let file = File::parse(text_of)?;
    let apply = package(&file)?;
    let refuse = |node: &SyntaxNode, why: &str| Refusal { line: file.line_of(node), why: why.to_owned() };
    let set = argument(&apply).ok_or_else(|| refuse(&apply, "it is given no set"))?;
    let of = |path: &[&str]| attribute(&set, path);
    let version = of(&["version"]).ok_or_else(|| refuse(&set, "the package has no `version`"))?;
    let version = literal(&version).ok_or_else(|| refuse(&version, "the version is computed"))?;
    let src = of(&["src"]).ok_or_else(|| refuse(&set, "the package has no `src`"))?;
    let (source, fetched) = source(&file, &src)?;
    let Others { npm, cargo, notes } = others(&file, (&source, &fetched), &version)?;
    let changelog = of(&["meta", "changelog"]).as_ref().and_then(literal);
    let script = of(&["npmBuildScript"]).and_then(|script| text(&script));
    let is_python = function(&apply).is_some_and(|builder| builder.starts_with("buildPython"));
    Ok(Definition {
        language: Language::Nix,
        is_python,
        dependencies: Dependencies::read(&file, &set).filter(|_| is_python),
        pname: of(&["pname"]).and_then(|name| text(&name)).map(|name| name.to_string()),
        patches: of(&["patches"]).map(|list| patches::paths(&list)).unwrap_or_default(),
        changelog: changelog.filter(|literal| literal.text.contains(&version.text)),
        scripts: script.iter().map(ToString::to_string).collect(),
        version,
        source,
        npm,
        cargo,
        notes,
        text: file.text,
    })
}

fn literal(value: &SyntaxNode) -> Option<Literal> {
    let text = text(value)?;
    let only = text.only()?;
    Some(Literal { text: only.text.clone(), at: only.at.clone()? })
}

/// The call that makes the package: the file's result, or the only one that has a source.
fn package(file: &File) -> Result<SyntaxNode, Refusal> {
    let is_package = |node: &SyntaxNode| {
        let fetches = function(node).is_none_or(|name| name.starts_with("fetch"));
        !fetches && argument(node).is_some_and(|set| attribute(&set, &["src"]).is_some())
    };
    let all: Vec<SyntaxNode> =
        file.root.descendants().filter(|node| node.kind() == NODE_APPLY && is_package(node)).collect();
    if let Some(result) = result(&file.root).filter(|result| all.contains(result)) {
        return Ok(result);
    }
    match &all[..] {
        [only] => Ok(only.clone()),
        [] => Err(Refusal { line: 1, why: "no package with a `src` is defined here".to_owned() }),
        [first, second, ..] => Err(Refusal {
            line: file.line_of(second),
            why: format!("it defines several packages, this one and one in line {}", file.line_of(first)),
        }),
    }
}

/// What the file gives, when it is called.
fn result(root: &SyntaxNode) -> Option<SyntaxNode> {
    let mut node = root.first_child()?;
    loop {
        node = match node.kind() {
            NODE_LAMBDA | NODE_LET_IN | NODE_ASSERT | NODE_WITH => node.last_child()?,
            NODE_PAREN => node.first_child()?,
            NODE_IDENT => return followed(&node),
            _ => return Some(node),
        };
    }
}

/// What all other hashes of a file are.
#[derive(Default)]
struct Others {
    npm: Option<NpmDeps>,
    cargo: Option<CargoDeps>,
    notes: Vec<String>,
}

/// Those of npm's dependencies and of crates are understood, those of what has nothing to do with the release stay.
fn others(
    file: &File,
    (source, fetched): (&Source, &SyntaxNode),
    version: &Literal,
) -> Result<Others, Refusal> {
    let mut others = Others::default();
    for binding in bindings(&file.root) {
        let name = names_of(&binding).pop().unwrap_or_default();
        let Some(value) = binding.children().nth(1) else { continue };
        let pinned = Pinned::read(&value);
        if pinned.as_ref().is_some_and(|pinned| pinned.at == source.hash.at) {
            continue;
        }
        let line = file.line_of(&binding);
        let twice = || Refusal {
            line,
            why: "it has the dependencies of two lockfiles, which cannot be told apart".to_owned(),
        };
        if let Some(deps) = locks::npm_deps(file, &binding, fetched)? {
            if others.npm.replace(deps).is_some() {
                return Err(twice());
            }
        } else if let Some(deps) = cargo::cargo_deps(file, &binding, fetched)? {
            if others.cargo.replace(deps).is_some() {
                return Err(twice());
            }
        } else if moves(&binding, fetched, version) {
            let why = format!("`{name}` follows from the release, and headwater cannot compute it");
            return Err(Refusal { line, why });
        } else {
            others.notes.push(format!("line {line}: another download, which was left as it is"));
        }
    }
    Ok(others)
}

/// Whether a hash may be another one after the update.
fn moves(binding: &SyntaxNode, fetched: &SyntaxNode, version: &Literal) -> bool {
    let Some(holder) = binding.parent().filter(|holder| holder.kind() == NODE_ATTR_SET) else { return true };
    let call = holder.ancestors().find(|node| node.kind() == NODE_APPLY);
    let call = call.filter(|call| argument(call).as_ref() == Some(&holder));
    if call.and_then(|call| function(&call)).is_some_and(|name| name.starts_with("fetch")) {
        return depends(&holder, fetched, version, STEPS);
    }
    // What another package of the file fetches is its own affair.
    attribute(&holder, &["src"]).is_none_or(|src| depends(&src, fetched, version, STEPS))
}

/// Names that are followed in search of the version.
const STEPS: usize = 16;

/// Whether an expression has to do with the version or the source.
fn depends(node: &SyntaxNode, fetched: &SyntaxNode, version: &Literal, fuel: usize) -> bool {
    let Some(fuel) = fuel.checked_sub(1) else { return true };
    let own = |found: &SyntaxNode| {
        let at = range(found);
        at == range(fetched)
            || at.start <= version.at.start && version.at.end <= at.end && found.kind() == NODE_STRING
    };
    if own(node) {
        return true;
    }
    node.descendants().any(|used| {
        let (found, name) = match used.kind() {
            NODE_SELECT => {
                (followed(&used), used.last_child().map(|path| path.text().to_string()).unwrap_or_default())
            }
            NODE_IDENT if !is_in_path(&used) => {
                let name = used.text().to_string();
                (meaning(&name, &used), name)
            }
            _ => return false,
        };
        match found {
            // `finalAttrs` stands for all of the package: what is selected of it is looked at on its own.
            Some(found) => {
                found.kind() != NODE_ATTR_SET && found != *node && depends(&found, fetched, version, fuel)
            }
            None => ["version", "src", "srcs", "rev", "tag"].iter().any(|own| name.ends_with(own)),
        }
    })
}

/// Whether a name is part of a binding's or a selection's path, not one that is used by itself.
fn is_in_path(ident: &SyntaxNode) -> bool {
    ident.parent().is_some_and(|path| path.kind() == NODE_ATTRPATH)
}
