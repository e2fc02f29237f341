//! What is right and what is not.
//!
//! A row without a commit has none to find: naming one at tier P, A or B is wrong. Rows whose repository
//! cannot be had say nothing, and are counted apart.

use std::collections::BTreeMap;

use headwater::show::PackageSource;
use headwater::source::Tier;

use crate::ask::{Asked, Outcome};
use crate::row::Row;

/// The least share of rows whose commit must be found, by ecosystem.
const BARS: [(&str, f64); 2] = [("npm", 0.97), ("pypi", 0.95)];

/// One ecosystem's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Rows with a commit to find.
    pub commits: usize,
    /// Those whose commit was named, at any tier.
    pub right: usize,
    /// Commits named at tier P, A or B.
    pub proved: usize,
    /// Those that are the row's.
    pub proved_right: usize,
}

/// A row that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    pub purl: String,
    pub kind: &'static str,
    pub what: String,
}

#[derive(Debug, Default)]
pub struct Score {
    pub ecosystems: BTreeMap<String, Figures>,
    /// The class of the table, then ours, to how often.
    pub classes: BTreeMap<(String, String), usize>,
    pub tiers: BTreeMap<String, usize>,
    /// Compared, and equal.
    pub hashes: (usize, usize),
    /// Named at tier P, A or B and not the row's, or forbidden at any tier.
    pub wrong: usize,
    pub misses: Vec<Miss>,
    /// Why, to which rows.
    pub skipped: BTreeMap<String, Vec<String>>,
}

impl Score {
    pub fn is_good(&self) -> bool {
        let enough = |(name, figures): (&String, &Figures)| {
            let bar = BARS.iter().find(|(known, _)| known == name).map_or(0.95, |(_, bar)| *bar);
            figures.right as f64 >= bar * figures.commits as f64
        };
        let any = !self.ecosystems.is_empty();
        any && self.wrong == 0 && self.hashes.0 == self.hashes.1 && self.ecosystems.iter().all(enough)
    }

    fn miss(&mut self, row: &Row, kind: &'static str, what: String) {
        self.misses.push(Miss { purl: row.purl.clone(), kind, what });
    }
}

pub fn score(asked: &[Asked]) -> Score {
    let mut score = Score::default();
    for Asked { row, outcome } in asked {
        match outcome {
            Outcome::Skipped(why) => {
                score.skipped.entry(why.clone()).or_default().push(row.purl.clone());
            }
            Outcome::Failed(why) => {
                score.ecosystems.entry(row.ecosystem.clone()).or_default().commits +=
                    usize::from(!row.commit.is_empty());
                count_class(&mut score, row, "unanswered");
                *score.tiers.entry("none".to_owned()).or_default() += 1;
                score.miss(row, "unanswered", why.clone());
            }
            Outcome::Found(found) => of_found(&mut score, row, found),
        }
    }
    score
}

fn of_found(score: &mut Score, row: &Row, found: &PackageSource) {
    let resolution = &found.resolution;
    let named = resolution.source.as_ref().map(|source| source.commit.to_string()).unwrap_or_default();
    let tier = format!("{:?}", resolution.tier);
    let proved = resolution.tier <= Tier::B && !named.is_empty();
    let right = !named.is_empty() && named == row.commit;
    let figures = score.ecosystems.entry(row.ecosystem.clone()).or_default();
    figures.commits += usize::from(!row.commit.is_empty());
    figures.right += usize::from(right);
    figures.proved += usize::from(proved);
    figures.proved_right += usize::from(proved && right);
    *score.tiers.entry(tier.clone()).or_default() += 1;

    let why = resolution.reasons.first().map_or("no reason is given", String::as_str);
    let wanted = if row.commit.is_empty() { "none" } else { &row.commit };
    let told = format!("tier {tier}: {named:.12}, wanted {wanted:.12}: {why}");
    if row.forbidden.contains(&named) {
        score.wrong += 1;
        score.miss(row, "ARTIFACT BRANCH", told);
    } else if !named.is_empty() && !right {
        let kind = if proved { "WRONG" } else { "wrong, not proved" };
        score.wrong += usize::from(proved);
        score.miss(row, kind, told);
    } else if named.is_empty() && !row.commit.is_empty() {
        score.miss(row, "not found", told);
    }
    if count_class(score, row, resolution.class.name()) {
        let what = format!("{}, wanted {}: {why}", resolution.class.name(), row.class);
        score.miss(row, "class", what);
    }
    if right {
        of_hashes(score, row, found);
    }
}

/// Counts, and says whether the classes differ.
fn count_class(score: &mut Score, row: &Row, class: &str) -> bool {
    if row.class.is_empty() {
        return false;
    }
    *score.classes.entry((row.class.clone(), class.to_owned())).or_default() += 1;
    row.class != class
}

fn of_hashes(score: &mut Score, row: &Row, found: &PackageSource) {
    let Some(hash) = found.hashed.as_ref().and_then(|hashed| hashed.hash.as_ref()) else {
        if let Some(hashed) = &found.hashed {
            score.miss(row, "no hash", hashed.notes.join("; "));
        }
        return;
    };
    let (what, wanted, got) = if row.archive.is_empty() {
        ("checkout", &row.checkout, hash.checkout.nix_base32())
    } else {
        ("archive", &row.archive, hash.archive.map_or("none".to_owned(), |archive| archive.sri()))
    };
    let equal = wanted.is_empty() || *wanted == got;
    score.hashes.0 += 1;
    score.hashes.1 += usize::from(equal);
    if !equal {
        score.miss(row, "HASH", format!("{what} {got}, wanted {wanted}"));
    }
}

#[cfg(test)]
mod tests;
