//! The summary as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::kinds::{NAMED, bounded, by_kind, problems};
use super::{Summary, Unvetted, Weakened};
use crate::ecosystem::Ecosystem;
use crate::problem::{Problem, Severity};

/// How what is taken from the package set is headed, with what to do.
const PROVIDED: &str =
    "From pkgs in place of downloads (headwater.toml: [packages.NAME] provided = \"ATTRIBUTE\" or false)";

/// The summary's text. Nothing in it is coloured: it goes to files as often as to terminals.
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    let count = |name: &str| summary.routes.get(name).copied().unwrap_or(0);
    _ = writeln!(out, "{}: {}", summary.lockfile, counted(summary.packages, "package"));
    if let Some(resolved) = &summary.resolved {
        _ = writeln!(out, "  {resolved}");
    }
    // Builds are Python's, copies npm's.
    if summary.ecosystem == Ecosystem::Python {
        _ = writeln!(out, "  {:>5} built from their commit", count("build"));
        _ = writeln!(out, "  {:>5} built from the index's source archive", count("sdist"));
    } else {
        _ = writeln!(
            out,
            "  {:>5} verbatim from their commit{}",
            count("verbatim"),
            generated_note(summary, count("verbatim"))
        );
        if count("build") > 0 {
            _ = writeln!(out, "  {:>5} built from their commit", count("build"));
        }
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
    let rebuilt = summary.rebuilt.iter().map(|(package, said)| format!("{package}  {said}"));
    listed(
        &mut out,
        "Built again from their commits, with tools that are not (headwater verify)",
        rebuilt.collect(),
    );
    let prepared = summary.prepared.iter().map(|(package, said)| {
        let shown = package.split('?').next().unwrap_or_default();
        format!("{shown}  {said}")
    });
    listed(
        &mut out,
        "Git dependencies that their own scripts make (there is nothing to compare them with)",
        prepared.collect(),
    );
    if !summary.bounds.is_empty() {
        _ = writeln!(out, "\nBuild requirements that are held to what works:");
        for (bound, packages) in &summary.bounds {
            _ = writeln!(out, "  {:>5} {bound}: {}", packages.len(), bounded(packages));
        }
    }
    left_out(&mut out, summary);
    let added = summary.overrides.iter().map(|(package, lines)| format!("{package}: {}", lines.join("; ")));
    listed(&mut out, "Added by headwater.toml", added.collect());
    let provided = summary.provided.iter().map(|(package, what)| format!("{package}: {what}"));
    listed(&mut out, PROVIDED, provided.collect());
    let missing = summary.missing.iter().map(|(location, why)| format!("{location}: {why}"));
    listed(&mut out, "Cannot be built yet", missing.collect());
    debug_assert!(
        summary.warnings.iter().all(|one| one.severity == Severity::Warning),
        "{:#?}",
        summary.warnings
    );
    listed(&mut out, "Warnings", problems(&summary.warnings));
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

/// Why `--strict` fails, and what to do; `None` where it does not.
pub fn strict(summary: &Summary) -> Option<String> {
    let unvetted: Vec<_> = summary.unvetted.iter().map(|one| short(&one.package)).collect();
    let absent: Vec<_> = summary.missing.keys().chain(summary.left_out.keys()).cloned().collect();
    let mut faults = Vec::new();
    if !unvetted.is_empty() {
        let what = counted(unvetted.len(), "artifact");
        faults.push(format!("{what} without an exception in headwater.toml ({})", bounded(&unvetted)));
    }
    if !absent.is_empty() {
        faults.push(format!(
            "{} that cannot be built ({})",
            counted(absent.len(), "package"),
            bounded(&absent)
        ));
    }
    (!faults.is_empty()).then(|| format!("--strict: {}", faults.join(", ")))
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
    let mut by_code: BTreeMap<(&str, &str), Vec<&Unvetted>> = BTreeMap::new();
    for one in &fallbacks {
        let Some(fallback) = &one.fallback else { continue };
        by_code.entry((&fallback.code, &fallback.hint)).or_default().push(one);
    }
    let about = |((code, hint), packages): ((&str, &str), Vec<&Unvetted>)| {
        let names: Vec<_> = packages.iter().map(|one| short(&one.package)).collect();
        let example = if names.len() > 1 { "the first: " } else { "" };
        let reason = &packages[0].reason;
        format!("{} [{code}]: {example}{reason}\n      to build it: {hint}", bounded(&names))
    };
    lines(out, by_code.into_iter().map(about).collect());
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
    let one = |one: &Weakened| {
        let before =
            if one.before == one.package { String::new() } else { format!(" {}", short(&one.before)) };
        format!("{}: was{before} {}, now {}: {}", short(&one.package), one.was, one.now, one.reason)
    };
    lines(out, summary.weakened.iter().map(one).collect());
}

/// Packages that only the shell would have, by what keeps them from it.
fn left_out(out: &mut String, summary: &Summary) {
    let named: Vec<Problem> = summary
        .left_out
        .iter()
        .map(|(package, problem)| Problem { place: None, ..problem.clone().about(package) }.as_warning())
        .collect();
    listed(
        out,
        "Left out of the shell (only developers, PyPy or single releases of Python want it, and it cannot be had)",
        problems(&named),
    );
}

/// A section, unless there is nothing in it.
fn listed(out: &mut String, title: &str, entries: Vec<String>) {
    if !entries.is_empty() {
        _ = writeln!(out, "\n{title}:");
        lines(out, entries);
    }
}

/// The first entries, and how many more there are.
fn lines(out: &mut String, entries: Vec<String>) {
    let more = entries.len().saturating_sub(NAMED);
    for entry in entries.iter().take(NAMED) {
        _ = writeln!(out, "  {entry}");
    }
    if more > 0 {
        _ = writeln!(out, "  and {more} more (all with --json)");
    }
}

fn archives(out: &mut String, summary: &Summary) {
    grouped(out, "Source archives (uploads to the index, as wheels are, but built here)", &summary.sdists);
}

/// By kind of reason: a hundred packages of one kind are one line.
fn grouped(out: &mut String, title: &str, packages: &[Unvetted]) {
    if packages.is_empty() {
        return;
    }
    _ = writeln!(out, "\n{title}:");
    for line in by_kind(packages) {
        _ = writeln!(out, "  {line}");
    }
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
