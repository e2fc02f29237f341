//! The figures, for people.

use std::collections::BTreeSet;
use std::fmt::Write;

use headwater::printable::printable;

use crate::score::{Figures, Score};

/// Purls shown of one reason to skip, at most.
const SHOWN: usize = 3;

/// Renders the score: misses first, so that the figures are what is seen last.
pub fn text(score: &Score) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    _ = write(&mut out, score);
    printable(&out)
}

fn write(out: &mut String, score: &Score) -> std::fmt::Result {
    for miss in &score.misses {
        writeln!(out, "{:<18} {}  {}", miss.kind, miss.purl, miss.what)?;
    }
    for (why, purls) in &score.skipped {
        let more = if purls.len() > SHOWN { ", ..." } else { "" };
        let some = purls.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        writeln!(out, "{:<18} {} rows: {why} ({some}{more})", "skipped", purls.len())?;
    }
    classes(out, score)?;
    let tiers: Vec<String> = score.tiers.iter().map(|(tier, count)| format!("{tier} {count}")).collect();
    writeln!(out, "\ntiers: {}", tiers.join(", "))?;
    for (name, figures) in &score.ecosystems {
        let Figures { commits, right, proved, proved_right } = *figures;
        writeln!(
            out,
            "{name}: recall {right}/{commits} ({}); precision at P, A, B {proved_right}/{proved} ({})",
            percent(right, commits),
            percent(proved_right, proved)
        )?;
    }
    let agree: usize = score.classes.iter().filter(|((one, two), _)| one == two).map(|(_, n)| n).sum();
    let of: usize = score.classes.values().sum();
    let skipped: usize = score.skipped.values().map(Vec::len).sum();
    let (hashes, equal) = score.hashes;
    writeln!(out, "wrong {}, class {agree}/{of}, hash {equal}/{hashes}, skipped {skipped}", score.wrong)
}

/// Rows are the table's classes, columns ours.
fn classes(out: &mut String, score: &Score) -> std::fmt::Result {
    let ours: BTreeSet<&str> = score.classes.keys().map(|(_, ours)| ours.as_str()).collect();
    let theirs: BTreeSet<&str> = score.classes.keys().map(|(theirs, _)| theirs.as_str()).collect();
    if theirs.is_empty() {
        return Ok(());
    }
    write!(out, "\n{:<22}", "classes: table \\ found")?;
    ours.iter().try_for_each(|class| write!(out, "{class:>11}"))?;
    writeln!(out)?;
    for class in theirs {
        write!(out, "{class:<22}")?;
        for our in &ours {
            let count =
                score.classes.get(&(class.to_owned(), (*our).to_owned())).copied().unwrap_or_default();
            write!(out, "{count:>11}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "none".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}
