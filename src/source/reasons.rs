//! Why a resolution has its tier and class: what decides comes first.

use super::candidate::VersionIs;
use super::correspondence::Left;
use super::kinds::{is_document, is_version_file};
use super::resolution::{Class, Resolution, Tier};
use super::subject::Subject;
use super::survey::Chosen;

/// Paths named of one kind, at most.
const NAMED: usize = 3;

/// Writes the reasons; what an earlier repository lacked comes last.
pub(super) fn add(subject: &impl Subject, resolution: &mut Resolution, chosen: &Chosen) {
    let before = std::mem::take(&mut resolution.reasons);
    let reasons = &mut resolution.reasons;
    if resolution.tier == Tier::D {
        reasons.push("no more than the name and the version fit: not one file is the commit's".to_owned());
    }
    // Nothing else keeps such a release from being proved.
    reasons.extend(chosen.kept.extra.doubt.clone());
    let of_files = of_files(subject, chosen);
    // A file that no build explains weighs more than a doubt about the commit; build output does not.
    if chosen.kept.is_explained() {
        reasons.extend(chosen.caps.iter().cloned());
        reasons.extend(of_files);
    } else {
        reasons.extend(of_files);
        reasons.extend(chosen.caps.iter().cloned());
    }
    reasons.extend(chosen.notes.iter().cloned());
    reasons.extend(of_manifest(subject, chosen));
    reasons.extend(before);
}

fn of_files(subject: &impl Subject, chosen: &Chosen) -> Vec<String> {
    let kept = &chosen.kept;
    let counts = kept.correspondence.counts;
    match kept.class {
        Class::Verbatim => {
            let but = match counts.manifest {
                0 => format!("({})", counts.total()),
                _ => format!("but {} ({} of {})", subject.rewritten(kept), counts.identical, counts.total()),
            };
            vec![format!(
                "every file of the {} {but} is in commit {}",
                subject.artifact(),
                kept.candidate.commit
            )]
        }
        Class::Near => {
            let mut kinds = Vec::new();
            for (path, left) in &kept.correspondence.left {
                let kind = match left {
                    Left::Crlf => "line endings",
                    Left::Linked => "links",
                    _ if is_document(path) => "documentation",
                    _ if is_version_file(path) => "a version file",
                    // Of code only such may differ.
                    _ if path.ends_with(".py") && path != "setup.py" => "a version file",
                    _ => "files that nothing runs",
                };
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            let mut paths: Vec<&String> = kept.correspondence.left.keys().collect();
            subject.sort(&mut paths);
            vec![format!("nothing but {} differs: {}", listed(&kinds), some(&paths))]
        }
        Class::Built | Class::Nomatch => {
            let mut reasons = Vec::new();
            for (what, words) in [
                (Left::Phantom, "source-like files that the commit does not hold"),
                (Left::Differs, "files with other bytes than in the commit"),
                (Left::Moved, "files that the commit holds in another place"),
                (Left::Data, "data that the commit does not hold"),
                (Left::Output, "build output that the commit does not hold"),
            ] {
                let mut paths: Vec<&String> = kept.correspondence.paths(what).collect();
                subject.sort(&mut paths);
                if !paths.is_empty() {
                    reasons.push(format!("{words} ({}): {}", paths.len(), some(&paths)));
                }
                if what == Left::Differs && !kept.disallowed.is_empty() {
                    let what = kept.disallowed.join(", ");
                    reasons.push(format!("package.json differs more than releasing explains: {what}"));
                }
            }
            reasons
        }
    }
}

fn of_manifest(subject: &impl Subject, chosen: &Chosen) -> Vec<String> {
    let kept = &chosen.kept;
    let mut reasons = Vec::new();
    if kept.version_is == VersionIs::Placeholder {
        let held = kept.version.as_deref().unwrap_or("none");
        reasons.push(subject.placeholder(held));
    }
    if kept.manifest_diff.is_some() {
        reasons.push("package.json differs from the commit's by a diff that only releasing makes".to_owned());
    }
    reasons
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn some(paths: &[&String]) -> String {
    let more = if paths.len() > NAMED { format!(" and {} more", paths.len() - NAMED) } else { String::new() };
    let named: Vec<&str> = paths.iter().take(NAMED).map(|path| path.as_str()).collect();
    format!("{}{more}", named.join(", "))
}
