//! A source that the user names: looked at like any candidate, and no other.

use headwater::graph::{PackageName, Version};
use headwater::source::repository::Repository;
use headwater::source::{At, Evidence, NamedSource, Resolution, Tier, resolve_given};

use crate::fake::*;
use crate::pyfake::*;

fn given(at: At, directory: Option<&str>) -> NamedSource {
    NamedSource { repository: Repository(R.to_owned()), at, directory: directory.map(str::to_owned) }
}

async fn npm(files: &[(&str, &str)], given: &NamedSource, fake: &Fake) -> Resolution {
    let (name, version) = (PackageName::new("a").unwrap(), Version::new("1.0.0").unwrap());
    resolve_given(&name, &version, &contents(files), None, Some(given), fake).await.unwrap()
}

#[tokio::test]
async fn the_users_word_is_evidence() {
    // What the package itself names is not asked: a question for another repository would panic.
    let manifest = manifest("a", "1.0.0").replace("o/r", "someone/else");
    let files = [("package.json", manifest.as_str()), ("i.js", "1")];
    let fake = || Fake::default().refs(&[("odd", 1), ("heads/main", 9)]).tree(1, &files);
    let word = given(At::Tag("odd".to_owned()), None);
    let got = npm(&files, &word, &fake()).await;
    assert_eq!((got.tier, got.given()), (Tier::B, Some(&word)), "{got:#?}");
    assert_eq!(got.source.unwrap().tag.as_deref(), Some("odd"));
    assert_eq!(got.evidence[0].to_string(), format!("headwater.toml names tag odd of {R}: the user's word"));

    let word = given(At::Commit(commit(1)), None);
    let got = npm(&files, &word, &fake()).await;
    assert_eq!(got.tier, Tier::B, "{got:#?}");
    let python = [("pyproject.toml", TOML), ("a.py", "1")];
    let fake = Fake::default().refs(&[("heads/main", 9)]).tree(1, &python).reachable(1, Ok(true));
    let got = sdist(&python).urls(&[]).given(word.clone()).ask(&fake).await;
    assert_eq!((got.tier, got.given()), (Tier::B, Some(&word)), "{got:#?}");
}

#[tokio::test]
async fn the_users_word_proves_nothing_by_itself() {
    let files = [("pyproject.toml", TOML), ("a.py", "1")];
    let word = given(At::Commit(commit(1)), None);
    let py = sdist(&files).given(word);
    let refs = || Fake::default().refs(&[("heads/main", 9)]);
    // A commit that no ref leads to.
    let got = py.ask(&refs().tree(1, &files).reachable(1, Ok(false))).await;
    assert_eq!(got.tier, Tier::C, "{got:#?}");
    // Other bytes.
    let got = py.ask(&refs().tree(1, &[files[0], ("a.py", "2")]).reachable(1, Ok(true)).blob("2")).await;
    assert_eq!(got.tier, Tier::C, "{got:#?}");
    // Another version, another project, another folder, no such tag: not the source at all.
    for text in [TOML.replace("1.0", "2.0"), TOML.replace("'a'", "'b'")] {
        let got = py.ask(&refs().tree(1, &[("pyproject.toml", &text), files[1]]).blob(&text)).await;
        assert_eq!((got.source, got.evidence), (None, Vec::<Evidence>::new()));
    }
    let elsewhere = sdist(&files).given(given(At::Commit(commit(1)), Some("lib")));
    let got = elsewhere.ask(&refs().tree(1, &files)).await;
    assert_eq!(got.reasons, ["the package is in the root, not in lib"]);
    let got = sdist(&files).given(given(At::Tag("v9".to_owned()), None)).ask(&refs()).await;
    assert_eq!(got.reasons, [format!("{R} has no tag v9")]);
}

#[tokio::test]
async fn an_artifact_branch_is_none_the_better_for_being_named() {
    let manifest = manifest("a", "1.0.0");
    let source = [("package.json", manifest.as_str()), ("src/i.ts", "ts")];
    let built = [&source[..], &[("dist/i.js", "out")]].concat();
    let fake = Fake::default()
        .refs(&[("dist", 1), ("heads/main", 2)])
        .tree(1, &built)
        .tree(2, &source)
        .tree(3, &source)
        .parents(1, &[3]);
    let got = npm(&[built[0], built[2]], &given(At::Commit(commit(1)), None), &fake).await;
    assert_eq!((got.tier, got.source.map(|source| source.commit)), (Tier::C, Some(commit(1))));
}
