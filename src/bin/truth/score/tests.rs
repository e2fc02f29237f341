//! Rows that are right, wrong, missing, forbidden and skipped.

use std::collections::BTreeSet;

use headwater::hash::NarHash;
use headwater::show::Hashed;
use headwater::source::Resolution;
use headwater::world::git::TreeHashes;
use serde_json::json;

use super::*;
use crate::report;

const RIGHT: &str = "1111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222";

fn asked(commit: &str, named: Option<&str>, tier: &str) -> Asked {
    let source = named.map(|commit| json!({ "repository": "https://x.example/a", "commit": commit }));
    let counts =
        json!({ "identical": 0, "crlf": 0, "manifest": 0, "generated": 0, "differs": 0, "phantom": 0 });
    let resolution: Resolution = serde_json::from_value(json!({
        "purl": "pkg:npm/a@1.0.0", "tier": tier, "class": "verbatim", "source": source, "evidence": [],
        "files": counts, "flags": [], "reasons": ["because"],
    }))
    .unwrap();
    let row = Row {
        ecosystem: "npm".into(),
        purl: "pkg:npm/a@1.0.0".into(),
        commit: commit.into(),
        class: "verbatim".into(),
        ..Row::default()
    };
    Asked {
        row,
        outcome: Outcome::Found(Box::new(PackageSource {
            resolution,
            hashed: None,
            exception: None,
            rebuilt: None,
        })),
    }
}

fn kinds(asked: &[Asked]) -> (Vec<&'static str>, usize, bool) {
    let score = score(asked);
    (score.misses.iter().map(|miss| miss.kind).collect(), score.wrong, score.is_good())
}

#[test]
fn commits() {
    assert_eq!(kinds(&[asked(RIGHT, Some(RIGHT), "B")]), (vec![], 0, true));
    assert_eq!(kinds(&[asked(RIGHT, Some(OTHER), "B")]), (vec!["WRONG"], 1, false));
    assert_eq!(kinds(&[asked(RIGHT, Some(OTHER), "C")]), (vec!["wrong, not proved"], 0, false));
    assert_eq!(kinds(&[asked(RIGHT, None, "D")]), (vec!["not found"], 0, false));
    // None to find: none found is right, one proved is wrong.
    assert_eq!(kinds(&[asked("", None, "D")]), (vec![], 0, true));
    assert_eq!(kinds(&[asked("", Some(OTHER), "A")]), (vec!["WRONG"], 1, false));
    let mut forbidden = asked(RIGHT, Some(OTHER), "D");
    forbidden.row.forbidden = BTreeSet::from([OTHER.to_owned()]);
    assert_eq!(kinds(&[forbidden]), (vec!["ARTIFACT BRANCH"], 1, false));
    assert_eq!(kinds(&[]), (vec![], 0, false));
}

#[test]
fn skipped_rows_do_not_count_and_unanswered_ones_do() {
    let mut skipped = asked(RIGHT, None, "D");
    skipped.outcome = Outcome::Skipped("gone".into());
    let mut failed = asked(RIGHT, None, "D");
    failed.outcome = Outcome::Failed("no host".into());
    let good: Vec<Asked> = (0..40).map(|_| asked(RIGHT, Some(RIGHT), "B")).chain([skipped]).collect();
    assert_eq!(kinds(&good), (vec![], 0, true));
    let score = score(&[failed]);
    assert_eq!((score.ecosystems["npm"].commits, score.is_good()), (1, false));
}

#[test]
fn hashes_and_classes() {
    let (archive, checkout) = (NarHash([1; 32]), NarHash([2; 32]));
    let hashed = Hashed {
        hash: Some(TreeHashes { checkout, archive: Some(archive), with_submodules: None }),
        fetcher: None,
        notes: vec![],
        incomplete: false,
    };
    let with = |archive: &str, checkout: &str| {
        let mut asked = asked(RIGHT, Some(RIGHT), "B");
        (asked.row.archive, asked.row.checkout) = (archive.to_owned(), checkout.to_owned());
        if let Outcome::Found(found) = &mut asked.outcome {
            found.hashed = Some(hashed.clone());
        }
        asked
    };
    let wrong = kinds(&[with(&checkout.sri(), "")]);
    assert_eq!(wrong, (vec!["HASH"], 0, false));
    assert_eq!(kinds(&[with(&archive.sri(), ""), with("", &checkout.nix_base32())]), (vec![], 0, true));

    let mut other = asked(RIGHT, Some(RIGHT), "B");
    other.row.class = "built".into();
    let score = score(&[other, asked(RIGHT, Some(RIGHT), "B")]);
    assert_eq!(score.classes[&("built".to_owned(), "verbatim".to_owned())], 1);
    insta::assert_snapshot!(report::text(&score), @r"
    class              pkg:npm/a@1.0.0  verbatim, wanted built: because

    classes: table \ found   verbatim
    built                           1
    verbatim                        1

    tiers: B 2
    npm: recall 2/2 (100.0 %); precision at P, A, B 2/2 (100.0 %)
    wrong 0, class 1/2, hash 0/0, skipped 0
    ");
}
