//! The summary as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Summary, Unvetted};

/// How many packages are named under one heading before the rest is only counted.
const NAMED: usize = 12;

/// The summary's text. Nothing in it is coloured: it goes to files as often as to terminals.
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    let count = |name: &str| summary.routes.get(name).copied().unwrap_or(0);
    _ = writeln!(out, "{}: {}", summary.lockfile, counted(summary.packages, "package"));
    if let Some(resolved) = &summary.resolved {
        _ = writeln!(out, "  {resolved}");
    }
    // Builds are Python's, copies npm's.
    if !summary.lockfile.ends_with(".json") {
        _ = writeln!(out, "  {:>5} built from their commit", count("build"));
        _ = writeln!(out, "  {:>5} built from the index's source archive", count("sdist"));
    } else {
        _ = writeln!(
            out,
            "  {:>5} verbatim from their commit{}",
            count("verbatim"),
            generated_note(summary, count("verbatim"))
        );
    }
    if count("exception") > 0 {
        _ = writeln!(
            out,
            "  {:>5} {} vetted in headwater.toml",
            count("exception"),
            plural(count("exception"), "artifact")
        );
    }
    _ = writeln!(out, "  {:>5} unvetted {}", count("unvetted"), plural(count("unvetted"), "artifact"));
    let tiers: Vec<_> = summary.tiers.iter().map(|(tier, count)| format!("{tier} {count}")).collect();
    _ = writeln!(out, "  tiers: {}", if tiers.is_empty() { "none".to_owned() } else { tiers.join(", ") });
    weakened(&mut out, summary);
    flags(&mut out, summary);
    unvetted(&mut out, summary);
    archives(&mut out, summary);
    if !summary.bounds.is_empty() {
        _ = writeln!(out, "\nBuild requirements that are held to what works:");
        for (bound, packages) in &summary.bounds {
            _ = writeln!(out, "  {:>5} {bound}: {}", packages.len(), bounded(packages));
        }
    }
    if !summary.left_out.is_empty() {
        _ = writeln!(
            out,
            "\nLeft out of the shell (only developers, PyPy or single releases of Python want it, and it cannot be had):"
        );
        for (package, problem) in &summary.left_out {
            _ = writeln!(out, "  {package} [{}]: {}", problem.code, problem.message);
            _ = writeln!(out, "      {}", problem.hint);
        }
    }
    if !summary.overrides.is_empty() {
        _ = writeln!(out, "\nAdded by headwater.toml:");
        for (package, lines) in &summary.overrides {
            _ = writeln!(out, "  {package}: {}", lines.join("; "));
        }
    }
    if !summary.missing.is_empty() {
        _ = writeln!(out, "\nCannot be built yet:");
        for (location, why) in &summary.missing {
            _ = writeln!(out, "  {location}: {why}");
        }
    }
    if !summary.warnings.is_empty() {
        _ = writeln!(out, "\nTo look at:");
        for warning in summary.warnings.iter().take(NAMED) {
            _ = writeln!(out, "  {warning}");
        }
        if summary.warnings.len() > NAMED {
            _ = writeln!(out, "  and {} more (all with --json)", summary.warnings.len() - NAMED);
        }
    }
    if !summary.unreachable.is_empty() {
        _ = writeln!(
            out,
            "\nIncomplete: {} could not be reached. Convert again where it can; what was found is kept.",
            summary.unreachable.join(", ")
        );
    }
    if summary.exceptions > 0 {
        let what = counted(summary.exceptions, "exception");
        _ = writeln!(out, "\nAppended to headwater.toml: {what}. Fill in who vouches for each (owner).");
    }
    if !summary.written.is_empty() {
        _ = writeln!(out, "\nWritten: {}", summary.written.join(", "));
    }
    if !summary.next.is_empty() {
        _ = writeln!(out, "Next:");
        for step in &summary.next {
            _ = writeln!(out, "  {step}");
        }
    }
    out
}

/// `1 package`, `2 packages`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {}", plural(count, what))
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}s") }
}

fn generated_note(summary: &Summary, verbatim: usize) -> String {
    match verbatim - summary.plain_verbatim {
        0 => String::new(),
        generated => format!(" ({generated} of them with committed build output or binaries)"),
    }
}

fn flags(out: &mut String, summary: &Summary) {
    if summary.flags.is_empty() {
        return;
    }
    _ = writeln!(out, "\nFlagged:");
    for (title, packages) in &summary.flags {
        let names: Vec<_> = packages.iter().map(short).collect();
        _ = writeln!(out, "  {:>5} {title}: {}", packages.len(), bounded(&names));
    }
}

fn unvetted(out: &mut String, summary: &Summary) {
    let others: Vec<_> = summary.unvetted.iter().filter(|one| one.fallback.is_none()).cloned().collect();
    grouped(out, "Unvetted artifacts (as the registry ships them)", &others);
    let fallbacks: Vec<_> = summary.fallbacks().collect();
    if fallbacks.is_empty() {
        return;
    }
    _ = writeln!(out, "\nUnvetted wheels (no build could be planned):");
    for one in fallbacks.iter().take(NAMED) {
        let Some(fallback) = &one.fallback else { continue };
        _ = writeln!(out, "  {} [{}]: {}", short(&one.package), fallback.code, one.reason);
        _ = writeln!(out, "      to build it: {}", fallback.hint);
    }
    if fallbacks.len() > NAMED {
        _ = writeln!(out, "  and {} more (all with --json)", fallbacks.len() - NAMED);
    }
    _ = writeln!(
        out,
        "  To vet them: `headwater convert --write-exceptions`, or in headwater.toml, for each:"
    );
    let block = super::exceptions(fallbacks.into_iter().take(1), summary.day);
    for line in block.lines() {
        _ = writeln!(out, "      {line}");
    }
}

fn weakened(out: &mut String, summary: &Summary) {
    if summary.weakened.is_empty() {
        return;
    }
    _ = writeln!(out, "\nWeaker than headwater.lock had it:");
    for one in &summary.weakened {
        let before =
            if one.before == one.package { String::new() } else { format!(" {}", short(&one.before)) };
        _ = writeln!(
            out,
            "  {}: was{before} {}, now {}: {}",
            short(&one.package),
            one.was,
            one.now,
            one.reason
        );
    }
}

fn archives(out: &mut String, summary: &Summary) {
    grouped(out, "Source archives (uploads to the index, as wheels are, but built here)", &summary.sdists);
}

/// Grouped by reason: a hundred packages of one unreachable host are one line.
fn grouped(out: &mut String, title: &str, packages: &[Unvetted]) {
    if packages.is_empty() {
        return;
    }
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in packages {
        by_reason.entry(&one.reason).or_default().push(short(&one.package));
    }
    _ = writeln!(out, "\n{title}:");
    for (reason, packages) in by_reason {
        _ = writeln!(out, "  {:>5} {reason}: {}", packages.len(), bounded(&packages));
    }
}

fn bounded(names: &[String]) -> String {
    let mut text = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        _ = write!(text, " and {} more", names.len() - NAMED);
    }
    text
}

/// `name@version`, as a person writes it.
pub(super) fn short(purl: &crate::graph::Purl) -> String {
    let text = purl.as_str();
    text.strip_prefix("pkg:npm/")
        .or(text.strip_prefix("pkg:pypi/"))
        .unwrap_or(text)
        .replace("%40", "@")
        .replace("%2B", "+")
}
