//! `npmDepsHash`, and which lockfile it is of.

use std::sync::LazyLock;

use regex_lite::Regex;
use rnix::SyntaxKind::*;
use rnix::{NodeOrToken, SyntaxNode};

use super::Refusal;
use super::hashes::Pinned;
use crate::upstream::nix::reading::{File, argument, attribute, followed, function, names_of, text};

/// The dependencies that npm installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpmDeps {
    pub hash: Pinned,
    /// The folder of the source that npm runs in; `""` for the root.
    pub folder: String,
    /// The workspace that is installed.
    pub workspace: Option<String>,
    /// A lockfile beside the file, by its path from there.
    pub vendored: Option<String>,
    pub line: usize,
}

/// What a binding of a hash says of npm's dependencies; `None` where it is of something else.
pub(super) fn npm_deps(
    file: &File,
    binding: &SyntaxNode,
    fetched: &SyntaxNode,
) -> Result<Option<NpmDeps>, Refusal> {
    let name = names_of(binding).pop().unwrap_or_default();
    let line = file.line_of(binding);
    let refuse = |why: &str| Refusal { line, why: why.to_owned() };
    let Some(set) = binding.parent().filter(|set| set.kind() == NODE_ATTR_SET) else { return Ok(None) };
    let fetcher = binding.ancestors().find(|node| node.kind() == NODE_APPLY);
    let is_fetcher = |apply: &SyntaxNode| {
        function(apply).as_deref() == Some("fetchNpmDeps") && argument(apply).as_ref() == Some(&set)
    };
    if name != "npmDepsHash" && !fetcher.as_ref().is_some_and(is_fetcher) {
        return Ok(None);
    }
    let hash = binding.children().nth(1).and_then(|value| Pinned::read(&value));
    let hash = hash.ok_or_else(|| refuse("the hash of npm's dependencies is computed, or none"))?;
    let src = attribute(&set, &["src"])
        .ok_or_else(|| refuse("nothing says of which source the dependencies are"))?;
    let below =
        below(&src, fetched).ok_or_else(|| refuse("the dependencies are of another source than `src`"))?;
    for version in ["npmDepsFetcherVersion", "fetcherVersion"] {
        let number = attribute(&set, &[version]).map(|number| number.text().to_string());
        if number.is_some_and(|number| number != "1") {
            return Err(refuse(
                "fetcher version 2 also hashes what the registry says of each package, which headwater does not compute",
            ));
        }
    }
    let root = attribute(&set, &["sourceRoot"]);
    let root =
        root.map(|root| folder(&root).ok_or_else(|| refuse("`sourceRoot` is computed"))).transpose()?;
    let workspace = attribute(&set, &["npmWorkspace"]);
    let workspace =
        workspace.map(|of| text(&of).ok_or_else(|| refuse("`npmWorkspace` is computed"))).transpose()?;
    Ok(Some(NpmDeps {
        hash,
        folder: root.or(below).unwrap_or_default(),
        workspace: workspace
            .map(|text| text.to_string().trim_matches('/').trim_start_matches("./").to_owned()),
        vendored: vendored(file, &set)?,
        line,
    }))
}

/// `Some(None)` for the source itself, `Some` of a folder for `"${src}/folder"`.
pub(super) fn below(src: &SyntaxNode, fetched: &SyntaxNode) -> Option<Option<String>> {
    if followed(src).as_ref() == Some(fetched) {
        return Some(None);
    }
    let src = followed(src).filter(|src| src.kind() == NODE_STRING)?;
    let (first, rest) = interpolated(&src)?;
    (followed(&first).as_ref() == Some(fetched)).then_some(Some(rest))
}

/// The folder of `"${src.name}/folder"`, or of `"source/folder"`, as fetchers of forges call what they give.
pub(super) fn folder(root: &SyntaxNode) -> Option<String> {
    if let Some((first, rest)) = interpolated(root) {
        let named = first.text().to_string();
        return (named == "src.name" || named.ends_with(".src.name")).then_some(rest);
    }
    let text = text(root)?.to_string();
    let (first, rest) = text.split_once('/').unwrap_or((&text, ""));
    (first == "source").then(|| rest.trim_matches('/').to_owned())
}

/// A string that begins with `${…}` and a slash, and the text behind it.
fn interpolated(string: &SyntaxNode) -> Option<(SyntaxNode, String)> {
    let mut parts = string.children_with_tokens().skip(1);
    let NodeOrToken::Node(first) = parts.next()? else { return None };
    let first = first.first_child().filter(|_| first.kind() == NODE_INTERPOL)?;
    let mut rest = String::new();
    for part in parts {
        match part {
            NodeOrToken::Token(token) if token.kind() == TOKEN_STRING_CONTENT => rest.push_str(token.text()),
            NodeOrToken::Token(_) => {}
            NodeOrToken::Node(inner) => rest.push_str(&text(&inner.first_child()?)?.to_string()),
        }
    }
    Some((first, rest.trim_matches('/').to_owned()))
}

#[expect(clippy::expect_used, reason = "an expression of ours, which a test uses")]
static COPIES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:cp|ln|install)(?: -\S+| \d+)* \$\{(\./[^}]+)\} (?:\./|\$\{?sourceRoot\}?/)?(?:package-lock|npm-shrinkwrap)\.json$")
        .expect("a regular expression")
});

/// The lockfile that a phase puts into the source.
fn vendored(file: &File, set: &SyntaxNode) -> Result<Option<String>, Refusal> {
    let mut found = None;
    for phase in ["prePatch", "postPatch", "postUnpack", "patchPhase", "unpackPhase"] {
        let Some(value) = attribute(set, &[phase]) else { continue };
        let text = value.text().to_string();
        for line in text.lines().map(str::trim) {
            let is_ours =
                ["package-lock", "npm-shrinkwrap", "package.json"].iter().any(|name| line.contains(name));
            if !is_ours {
                continue;
            }
            let line_of = |line: &str| {
                file.line_of(&value) + text.lines().position(|one| one.trim() == line).unwrap_or(0)
            };
            let copied = COPIES.captures(line.trim_matches(['"', '\'', ';']).trim());
            match copied.and_then(|copied| copied.get(1).map(|path| path.as_str().to_owned())) {
                Some(path) if found.is_none() => found = Some(path),
                // What only reads or changes package.json leaves the lockfile, and so the hash.
                None if !line.contains("lock")
                    && !line.contains("shrinkwrap")
                    && !line.contains("./package.json}") => {}
                _ => {
                    let why =
                        format!("`{phase}` changes the lockfile in a way that headwater does not follow");
                    return Err(Refusal { line: line_of(line), why });
                }
            }
        }
    }
    Ok(found)
}
