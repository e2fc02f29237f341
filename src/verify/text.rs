//! What a run says to a person.

use std::fmt::Write;

use super::{Counts, Report, Verified, floor, python};
use crate::rebuild::Class;

/// Characters of a commit that are shown.
const SHORT: usize = 12;

/// The lines: one for each package, then what differs, then what the classes prove.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    for (shown, verified) in &report.packages {
        one(&mut out, shown, verified);
    }
    for (shown, why) in &report.not_built {
        _ = writeln!(out, "{shown}  not built: {why}");
    }
    if !report.tools.is_empty() {
        _ = writeln!(out, "\nTools:");
    }
    for (shown, verified) in &report.tools {
        one(&mut out, shown, verified);
    }
    floor::text(&mut out, report);
    let packages = || report.packages.values();
    let count = |holds: fn(Class) -> bool| packages().filter(|one| holds(one.outcome.class)).count();
    let (exact, rebuilt) = (count(Class::is_the_file_you_install), count(Class::is_rebuilt));
    _ = writeln!(
        out,
        "\n{rebuilt} of {} rebuilt; {exact} give exactly {}",
        report.packages.len() + report.not_built.len() + report.untried.len(),
        if report.is_python { "the index's wheel" } else { "the file that is installed" },
    );
    if let Some(Counts { packages, verbatim, rebuilt }) = report.project {
        _ = writeln!(
            out,
            "Packages of the project: {packages}; verbatim from commits: {verbatim}; rebuilt: {rebuilt}"
        );
    }
    if report.packages.values().any(|verified| !verified.recorded) {
        _ = writeln!(
            out,
            "Recorded in headwater.lock and nix/headwater/rebuilds/: commit both. `nix flake check` builds them again."
        );
    }
    if !report.incomplete.is_empty() {
        let names: Vec<&str> = report.incomplete.iter().map(String::as_str).collect();
        _ = writeln!(out, "Incomplete: {} could not be tried. The same command goes on.", names.join(", "));
    }
    if !report.untried.is_empty() {
        let names: Vec<&str> = report.untried.iter().map(String::as_str).collect();
        _ = writeln!(
            out,
            "Not begun, or not tried in each way, after that: {}. `--keep-going` tries them whatever fails.",
            names.join(", ")
        );
    }
    for file in &report.attested {
        _ = writeln!(out, "Statement: {file}");
    }
    if rebuilt > 0 && report.floor.is_empty() && report.tools.is_empty() {
        let given = match report.is_python {
            true => "Each is given its build requirements: `builds` in headwater.lock names them.",
            false => {
                "Each is given its tools, which nobody rebuilt: `rebuilds` in headwater.lock names them."
            }
        };
        _ = writeln!(out, "{given}");
    }
    python::nearer(&mut out, report);
    out
}

fn one(out: &mut String, shown: &str, verified: &Verified) {
    let outcome = &verified.outcome;
    let commit = &verified.commit[..verified.commit.len().min(SHORT)];
    let word = if outcome.class.is_rebuilt() { "rebuilt" } else { "built" };
    let (given, meaning) = match &verified.wheel {
        Some(wheel) => (python::given(&wheel.requirements), wheel.meaning),
        None => (floor::tools(verified), outcome.class.meaning()),
    };
    let mut facts = vec![given];
    if outcome.class != Class::Failed {
        facts.insert(0, format!("{} of {} files", outcome.identical, outcome.files));
    }
    if !outcome.built_here {
        facts.push("the result came from a cache: nothing was built here".to_owned());
    }
    if verified.recorded {
        facts.push("recorded before".to_owned());
    }
    _ = match outcome.class {
        Class::Failed => writeln!(out, "{shown}  {meaning} from {commit} ({})", facts.join("; ")),
        _ => writeln!(out, "{shown}  {word} from {commit}: {meaning} ({})", facts.join("; ")),
    };
    let lines = if outcome.class == Class::Failed && !verified.log.is_empty() {
        &verified.log
    } else {
        &outcome.notes
    };
    for line in lines {
        _ = writeln!(out, "    {line}");
    }
    for copied in &outcome.copied {
        _ = writeln!(out, "    {copied}: nothing here shows whether they were built or copied");
    }
}
