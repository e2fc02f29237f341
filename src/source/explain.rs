//! A resolution as a person reads it.

use std::fmt::Write;

use super::forge::commit_url;
use super::resolution::{Class, FlagKind, Resolution, Tier};

/// Paths shown of one flag, at most.
const SHOWN: usize = 8;

/// Renders for a terminal, without colours: ends with a newline.
pub fn explain(resolution: &Resolution) -> String {
    let mut out = String::new();
    let (tier, class) = (resolution.tier, resolution.class.name());
    // Writing to a String does not fail.
    let _ = writeln!(out, "{}", resolution.purl);
    let _ = writeln!(out, "  tier {tier:?}, {class}: {}", tier.meaning());
    if let Some(source) = &resolution.source {
        section(&mut out, "Source");
        let _ = writeln!(out, "  repository  {}", source.repository);
        let _ = writeln!(out, "  commit      {}", source.commit);
        if let Some(tag) = &source.tag {
            let _ = writeln!(out, "  tag         {tag}");
        }
        if let Some(folder) = &source.subdirectory {
            let _ = writeln!(out, "  folder      {folder}");
        }
        let _ = writeln!(out, "  see         {}", commit_url(source));
    }
    list(&mut out, "Why", &resolution.reasons);
    let evidence: Vec<String> = resolution.evidence.iter().map(ToString::to_string).collect();
    list(&mut out, "Evidence", &evidence);
    if resolution.files.total() > 0 {
        counts(&mut out, resolution);
    }
    flags(&mut out, resolution);
    if let Some(diff) = resolution.mapping.as_ref().and_then(|mapping| mapping.manifest_diff.as_ref()) {
        section(&mut out, "package.json, from the commit's to the tarball's");
        for line in diff.lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    if !resolution.considered.is_empty() {
        section(&mut out, "Considered");
        for one in &resolution.considered {
            let verdict = if one.kept { "kept   " } else { "refused" };
            let _ = writeln!(out, "  {verdict}  {}: {}", one.candidate, one.why);
        }
    }
    section(&mut out, "Next");
    let _ = writeln!(out, "  {}", next(resolution));
    out
}

fn section(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n{title}");
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        section(out, title);
        for line in lines {
            let _ = writeln!(out, "  - {line}");
        }
    }
}

fn counts(out: &mut String, resolution: &Resolution) {
    let files = resolution.files;
    section(out, &format!("Files ({})", files.total()));
    for (count, words) in [
        (files.identical, "identical to blobs of the commit"),
        (files.crlf, "the same but for line endings"),
        (files.manifest, "package.json, changed as releasing may"),
        (files.generated, "not in the commit: build output, documents, data"),
        (files.differs, "in the commit with other bytes"),
        (files.phantom, "source-like and in no commit"),
    ] {
        if count > 0 {
            let _ = writeln!(out, "  {count:>6}  {words}");
        }
    }
}

fn flags(out: &mut String, resolution: &Resolution) {
    if resolution.flags.is_empty() {
        return;
    }
    section(out, "Flags");
    for flag in &resolution.flags {
        let _ = writeln!(out, "  {} ({})", flag.kind.title(), flag.paths.len());
        if let Some(note) = &flag.note {
            let _ = writeln!(out, "    {note}");
        }
        if flag.kind == FlagKind::ManifestConfusion {
            continue;
        }
        for path in flag.paths.iter().take(SHOWN) {
            let _ = writeln!(out, "    {path}");
        }
        if flag.paths.len() > SHOWN {
            let _ = writeln!(out, "    and {} more", flag.paths.len() - SHOWN);
        }
    }
}

fn next(resolution: &Resolution) -> &'static str {
    match (resolution.tier, resolution.class) {
        (Tier::X, _) => "Do not take it as it is: ask the maintainers which repository it is made from.",
        (_, Class::Verbatim) if resolution.tier <= Tier::B => {
            "Nothing: it can be taken from the commit as it is. Read the flags, if there are any."
        }
        (_, Class::Verbatim) => "See why it is not proved; a maintainer can push a tag for the commit.",
        (_, Class::Near) => "It can be built from the commit, or vetted as an exception in headwater.toml.",
        (_, Class::Built) => {
            "Build it from the commit and compare, or vet it as an exception in headwater.toml."
        }
        (_, Class::Nomatch) => {
            "It is taken as the registry ships it; vet it as an exception in headwater.toml."
        }
    }
}
