//! Where more than one commit can be meant.

use headwater::source::{Evidence, Reach, Resolution, Tier, explain};
use serde_json::json;

use crate::fake::*;

/// Checks tier, commit, and that a reason says it, in the text and in JSON.
fn says(got: &Resolution, tier: Tier, at: u8, words: &str) {
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (tier, commit(at)), "{:#?}", got.reasons);
    assert!(got.reasons.iter().any(|reason| reason.contains(words)), "{words}: {:#?}", got.reasons);
    assert!(explain(got).contains(words), "{words}");
    assert_eq!(got.reasons[0].starts_with("every file"), tier == Tier::B, "{:?}", got.reasons);
}

#[tokio::test]
async fn named_commits_with_the_same_tree_are_said() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("1.0.0", 2)]).tree(1, &files).tree(2, &files);
    let got = a(&files, None, &fake).await;
    says(&got, Tier::B, 1, "tag 1.0.0 (020202020202) is another commit with the same tree");
}

#[tokio::test]
async fn a_git_head_beside_the_tag() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let metadata = || Some(json!({"repository": "o/r", "gitHead": "07".repeat(20)}));
    let fake = || {
        let refs = Fake::default().refs(&[("v1.0.0", 1), ("heads/main", 3)]);
        refs.tree(7, &files).reachable(7, Ok(true))
    };
    // The same tree.
    let got = a(&files, metadata(), &fake().tree(1, &files)).await;
    says(&got, Tier::B, 7, "tag v1.0.0 (010101010101) is another commit with the same tree");
    // The tag holds other code: only the gitHead holds the package.
    let other = [("package.json", m.as_str()), ("i.js", "2")];
    let got = a(&files, metadata(), &fake().tree(1, &other)).await;
    says(&got, Tier::B, 7, "holds other code: only gitHead 070707070707 (registry) holds these files");
    // Both hold the package, and differ in what is not packed.
    let more = [("package.json", m.as_str()), ("i.js", "1"), ("build.js", "2")];
    let got = a(&files, metadata(), &fake().tree(1, &more)).await;
    says(&got, Tier::C, 7, "hold different trees and both fit");
    // The tag is another package's.
    let theirs = manifest("b", "1.0.0");
    let got = a(&files, metadata(), &fake().tree(1, &[("package.json", &theirs)]).blob(&theirs)).await;
    assert_eq!((got.tier, got.reasons.len()), (Tier::B, 1), "{:?}", got.reasons);
}

#[tokio::test]
async fn a_git_head_that_yields_to_the_tag_is_said() {
    let (m, before) = (manifest("a", "1.0.0"), manifest("a", "0.9.0"));
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let old = [("package.json", before.as_str()), ("i.js", "1")];
    let metadata = Some(json!({"repository": "o/r", "gitHead": "07".repeat(20)}));
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("heads/main", 3)])
        .tree(7, &old)
        .blob(&before)
        .reachable(7, Ok(true))
        .tree(1, &files);
    let got = a(&files, metadata, &fake).await;
    says(
        &got,
        Tier::B,
        1,
        "gitHead 070707070707 (registry) is another commit, and is not taken: package.json holds a 0.9.0",
    );
}

#[tokio::test]
async fn a_commit_beside_the_main_line() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let metadata = || Some(json!({"repository": "o/r", "gitHead": "07".repeat(20)}));
    let fake = || Fake::default().refs(&[("heads/main", 3)]).tree(7, &files).reachable(7, Ok(true));
    let got = a(&files, metadata(), &fake()).await;
    assert_eq!((got.tier, got.reasons.len()), (Tier::B, 1), "{:?}", got.reasons);
    assert!(got.evidence.contains(&Evidence::Reachable { how: Reach::Line("main".into()) }));
    // A gitHead vouches for it.
    let got = a(&files, metadata(), &fake().beside(7)).await;
    says(&got, Tier::B, 7, "not in the history of main, but in that of another branch or of a tag alone");
    // Where nothing names it, nobody does.
    let newer = manifest("a", "1.1.0");
    let fake = || {
        Fake::default()
            .refs(&[("heads/main", 3)])
            .tree(3, &[("package.json", &newer)])
            .blob(&newer)
            .history("package.json", "1.0.0", &[2])
            .tree(2, &files)
    };
    assert_eq!(a(&files, None, &fake()).await.tier, Tier::B);
    let got = a(&files, None, &fake().beside(2)).await;
    says(&got, Tier::C, 2, "not in the history of main");
}

#[tokio::test]
async fn history_that_leaves_a_choice() {
    let (m, newer) = (manifest("a", "1.0.0"), manifest("a", "1.1.0"));
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let more = [("package.json", m.as_str()), ("i.js", "1"), ("build.js", "2")];
    let fake = |second: &[(&str, &str)]| {
        Fake::default()
            .refs(&[("heads/main", 3)])
            .tree(3, &[("package.json", &newer)])
            .blob(&newer)
            .history("package.json", "1.0.0", &[2, 4])
            .tree(2, &files)
            .tree(4, second)
    };
    says(&a(&files, None, &fake(&files)).await, Tier::B, 2, "is another commit with the same tree");
    says(&a(&files, None, &fake(&more)).await, Tier::C, 2, "more than one commit set this version");
}
