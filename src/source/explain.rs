//! A resolution as a person reads it.

use super::forge::commit_url;
use super::resolution::{Class, FlagKind, Resolution, Tier};
use crate::ecosystem::Ecosystem;
use crate::printable::printable;

macro_rules! line {
    ($out:expr, $($words:tt)*) => { push_line($out, &format!($($words)*)) };
}

/// Paths shown of one flag, at most.
const SHOWN: usize = 8;

/// Renders for a terminal, without colours: ends with a newline.
pub fn explain(resolution: &Resolution) -> String {
    let mut text = String::new();
    let out = &mut text;
    let (tier, class) = (resolution.tier, resolution.class.name());
    line!(out, "{}", resolution.purl);
    line!(out, "  tier {tier:?}, {class}: {}", tier.meaning(resolution.class, resolution.files.manifest > 0));
    if let Some(source) = &resolution.source {
        section(out, "Source");
        line!(out, "  repository  {}", source.repository);
        line!(out, "  commit      {}", source.commit);
        if let Some(tag) = &source.tag {
            line!(out, "  tag         {tag}");
        }
        if let Some(folder) = &source.subdirectory {
            line!(out, "  folder      {folder}");
        }
        line!(out, "  see         {}", commit_url(source));
    }
    list(out, "Why", &resolution.reasons);
    let evidence: Vec<String> = resolution.evidence.iter().map(ToString::to_string).collect();
    list(out, "Evidence", &evidence);
    if resolution.files.total() > 0 {
        counts(out, resolution);
    }
    flags(out, resolution);
    if let Some(diff) = resolution.mapping.as_ref().and_then(|mapping| mapping.manifest_diff.as_ref()) {
        section(out, "package.json, from the commit's to the tarball's");
        for line in diff.lines() {
            line!(out, "  {line}");
        }
    }
    if !resolution.considered.is_empty() {
        section(out, "Considered");
        for one in &resolution.considered {
            let verdict = if one.kept { "kept   " } else { "refused" };
            line!(out, "  {verdict}  {}: {}", one.candidate, one.why);
        }
    }
    section(out, "Next");
    line!(out, "  {}", next(resolution));
    text
}

/// Names come from strangers: what would steer a terminal, or turn the direction of text, is made visible.
fn push_line(out: &mut String, line: &str) {
    // A line is one line.
    out.push_str(&printable(line).replace('\n', "\u{fffd}"));
    out.push('\n');
}

fn section(out: &mut String, title: &str) {
    out.push('\n');
    line!(out, "{title}");
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        section(out, title);
        for line in lines {
            line!(out, "  - {line}");
        }
    }
}

fn counts(out: &mut String, resolution: &Resolution) {
    let files = resolution.files;
    section(out, &format!("Files ({})", files.total()));
    for (count, words) in [
        (files.identical, "identical to blobs of the commit"),
        (files.crlf, "the same but for line endings"),
        (files.manifest, "package.json, pyproject.toml or setup.cfg, changed as packing may"),
        (files.generated, "not in the commit: build output, documents, data"),
        (files.differs, "in the commit with other bytes"),
        (files.phantom, "source-like and in no commit"),
    ] {
        if count > 0 {
            line!(out, "  {count:>6}  {words}");
        }
    }
}

fn flags(out: &mut String, resolution: &Resolution) {
    if resolution.flags.is_empty() {
        return;
    }
    section(out, "Flags");
    for flag in &resolution.flags {
        line!(out, "  {} ({})", flag.kind.title(), flag.paths.len());
        if let Some(note) = &flag.note {
            line!(out, "    {note}");
        }
        if flag.kind == FlagKind::ManifestConfusion {
            continue;
        }
        for path in flag.paths.iter().take(SHOWN) {
            line!(out, "    {path}");
        }
        if flag.paths.len() > SHOWN {
            line!(out, "    and {} more", flag.paths.len() - SHOWN);
        }
    }
}

fn is_of_commit(class: Class) -> bool {
    matches!(class, Class::Verbatim | Class::Near)
}

fn next(resolution: &Resolution) -> &'static str {
    let is_python = Ecosystem::of(&resolution.purl) == Some(Ecosystem::Python);
    let is_tagged = resolution.source.as_ref().is_some_and(|source| source.tag.is_some());
    match (resolution.tier, resolution.class) {
        _ if resolution.is_vouched => {
            "`headwater convert` takes it as the registry ships it, because an exception in headwater.toml says so. \
             Nothing is proved of it."
        }
        // As `convert` does it: a contradiction stops no conversion, as the package manager would install it too.
        (Tier::X, _) if is_python => {
            "`headwater convert` makes it of what the index serves, never of a commit. Ask the maintainers which \
             repository it is made from."
        }
        (Tier::X, _) => {
            "`headwater convert` takes it as the registry ships it, as an unvetted artifact (--strict refuses it). \
             Ask the maintainers which repository it is made from before you vet it in headwater.toml."
        }
        _ if is_python && !(resolution.tier <= Tier::B && is_of_commit(resolution.class)) => {
            "`headwater convert` builds it from the index's source archive, where there is one, and takes its wheel \
             where there is none. An exception in headwater.toml makes it take the wheel."
        }
        (tier, Class::Verbatim) if tier <= Tier::B => {
            "Nothing: it can be taken from the commit as it is. Read the flags, if there are any."
        }
        (tier, Class::Near) if tier <= Tier::B => {
            "Nothing: it can be built from the commit. Read the flags, if there are any."
        }
        (_, Class::Verbatim) if !is_tagged => {
            "See why it is not proved; a maintainer can push a tag for the commit."
        }
        (_, Class::Verbatim) => "See why it is not proved, then vet it as an exception in headwater.toml.",
        (_, Class::Near) => "Read what differs, then vet it as an exception in headwater.toml.",
        _ if resolution.files.phantom > 0 => {
            "Read the files that are in no commit, then build it from the commit and compare, or vet it as an \
             exception in headwater.toml."
        }
        (_, Class::Built) if resolution.needs_build => {
            "Build it from the commit and compare (`headwater verify` in a converted project), or vet it as an exception in \
             headwater.toml."
        }
        (_, Class::Built) => "Read what differs, then vet it as an exception in headwater.toml.",
        (_, Class::Nomatch) => {
            "It is taken as the registry ships it; vet it as an exception in headwater.toml."
        }
    }
}
