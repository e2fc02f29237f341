//! Which repository a Python project means, and which tag.

use headwater::source::Tier;
use headwater::source::repository::NoAnswer;

use crate::fake::*;
use crate::pyfake::*;
use crate::python::assert_is;

const FILES: [(&str, &str); 2] = [("pyproject.toml", DYNAMIC), ("a.py", "1")];

#[tokio::test]
async fn tags_that_mean_the_version() {
    for (version, tag) in [
        ("1.0", "v1"),
        ("1.0.0", "1.0"),
        ("1.0", "v1.0.0"),
        ("1.0rc1", "1.0.0-rc.1"),
        ("1.0rc1", "v1.0-rc1"),
        ("1.0.post1", "1.0-1"),
        ("2024.1.2", "2024.01.02"),
        ("1.0", "release-1.0"),
        ("1.0", "a-1.0"),
        ("1.0.dev3", "v1.0.dev3"),
    ] {
        let fake = Fake::default().refs(&[(tag, 1)]).tree(1, &FILES);
        let got = sdist_of(("a", version), &FILES).ask(&fake).await;
        assert_eq!(got.tier, Tier::B, "{version} {tag}: {got:#?}");
        assert_eq!(got.source.unwrap().tag.as_deref(), Some(tag), "{version}");
    }
}

#[tokio::test]
async fn tags_of_other_versions_are_none_of_this_one() {
    for (version, tag) in
        [("1.0", "v1.0.1"), ("1.0", "v1.0rc1"), ("1.0rc1", "v1.0"), ("1.0", "1.0.post1"), ("1.0.0", "v1")]
    {
        let fake = Fake::default()
            .refs(&[(tag, 1), ("heads/main", 9)])
            .tree(9, &[("pyproject.toml", DYNAMIC), ("a.py", "2")])
            .holding(9, 9, 1);
        let got = sdist_of(("a", version), &FILES).ask(&fake).await;
        assert_eq!(got.source, None, "{version} {tag}");
    }
}

#[tokio::test]
async fn a_tag_whose_tree_holds_another_version_is_refused() {
    let toml = TOML.replace("1.0", "0.9");
    let tree = [("pyproject.toml", toml.as_str()), ("a.py", "1")];
    let fake = tagged(&tree).blob(&toml).holding(9, 1, 1);
    let got = sdist(&[("pyproject.toml", TOML), ("a.py", "1")]).ask(&fake).await;
    assert_eq!(got.source, None);
    assert_eq!(said(&got, "tag v1.0").1, "pyproject.toml holds version 0.9");
}

#[tokio::test]
async fn a_version_file_of_another_version_refuses_the_commit() {
    let tree =
        [("pyproject.toml", DYNAMIC), ("a/__init__.py", "1"), ("a/_version.py", "__version__ = '0.9'\n")];
    let mut packed = tree;
    packed[2].1 = "__version__ = '1.0'\n";
    let fake = tagged(&tree).blob(tree[2].1).holding(9, 1, 1);
    let got = sdist(&packed).ask(&fake).await;
    assert_eq!(got.source, None);
    assert_eq!(said(&got, "tag v1.0").1, "a/_version.py holds version 0.9");
    // One that stands for any version does not.
    let mut tree = tree;
    tree[2].1 = "__version__ = '0.0.0'\n";
    assert_is!(sdist(&packed).ask(&tagged(&tree).blob(tree[2].1)).await, B, Near);
    // The sdist's own file may not say another one than the release.
    packed[2].1 = "__version__ = '1.1'\n";
    assert_is!(sdist(&packed).ask(&tagged(&tree).blob(tree[2].1)).await, C, Built);
}

#[tokio::test]
async fn a_tag_of_a_sibling_is_refused() {
    let other = DYNAMIC.replace("'a'", "'b'");
    let tree = [("b/pyproject.toml", other.as_str()), ("b/b.py", "2")];
    let fake = Fake::default()
        .refs(&[("v1.0", 1), ("heads/main", 9)])
        .tree(1, &tree)
        .tree(9, &[("a/pyproject.toml", DYNAMIC), ("a/a.py", "2"), ("b/pyproject.toml", &other)])
        .blob(&other)
        .holding(9, 9, 1);
    let got = sdist(&FILES).ask(&fake).await;
    assert_eq!(got.source, None);
    assert!(said(&got, "tag v1.0").1.contains("b/pyproject.toml is of b"), "{got:#?}");
}

#[tokio::test]
async fn two_tags_of_one_version_are_ambiguous() {
    let other = [&FILES[..], &[("tests.py", "2")]].concat();
    let fake = Fake::default().refs(&[("v1.0", 1), ("1.0.0", 2)]).tree(1, &FILES).tree(2, &other);
    let got = sdist(&FILES).ask(&fake).await;
    assert_eq!(got.tier, Tier::C, "{got:#?}");
    assert!(got.reasons[0].starts_with("ambiguous: "), "{:?}", got.reasons);
    // Unless one of them contradicts the files.
    let other = [("pyproject.toml", DYNAMIC), ("a.py", "2")];
    let fake = Fake::default().refs(&[("v1.0", 1), ("1.0.0", 2)]).tree(1, &other).tree(2, &FILES);
    let got = sdist(&FILES).ask(&fake).await;
    assert_is!(got, B, Verbatim);
    assert_eq!(got.source.unwrap().commit, commit(2));
}

#[tokio::test]
async fn the_source_goes_before_other_links() {
    let fake = tagged(&FILES);
    let urls = [
        ("Changelog", "https://github.com/o/changes/blob/main/CHANGES"),
        ("Homepage", "https://example.org"),
        ("Funding", "https://github.com/sponsors/o"),
        ("Source Code", R),
    ];
    let got = sdist(&FILES).urls(&urls).ask(&fake).await;
    assert_is!(got, B, Verbatim);
    // Only the changes' repository is named: it is asked, and proves itself by its files.
    let fake = Fake::default().refs_of("https://github.com/o/changes", &[("v1.0", 1)]).tree(1, &FILES);
    let got = sdist(&FILES).urls(&urls[..3]).ask(&fake).await;
    assert_eq!(got.source.unwrap().repository.0, "https://github.com/o/changes");
}

#[tokio::test]
async fn a_mention_in_the_description_proves_nothing() {
    let text = "See https://github.com/someone/a for a fork, and https://github.com/o/dependency.";
    let fake = Fake::default().refs_of("https://github.com/someone/a", &[("v1.0", 1)]).tree(1, &FILES);
    let got = sdist(&FILES).described(text).ask(&fake).await;
    assert_is!(got, C, Verbatim);
    assert!(got.reasons[0].contains("its description mentions this one"), "{got:#?}");
    // Nor does it contradict anything that it is something else.
    let fake = Fake::default()
        .refs_of("https://github.com/someone/a", &[("heads/main", 9)])
        .tree(9, &[("package.json", "{}")]);
    assert_eq!(sdist(&FILES).described(text).ask(&fake).await.tier, Tier::D);
}

#[tokio::test]
async fn a_mention_by_the_owner_of_the_home_page_is_a_link() {
    let text = "See https://github.com/snake-farm/a.";
    let fake = || Fake::default().refs_of("https://github.com/snake-farm/a", &[("v1.0", 1)]).tree(1, &FILES);
    for (page, is_proved) in [("https://snakefarm.org/a", true), ("https://example.org/snake-farm", false)] {
        let py = sdist(&FILES).described(text).home_page_too(page);
        let got = py.ask(&fake()).await;
        assert_eq!(got.tier == Tier::B, is_proved, "{page}: {got:#?}");
    }
}

#[tokio::test]
async fn a_projects_page_is_served_from_its_repository() {
    let fake = Fake::default().refs_of("https://github.com/o/a", &[("v1.0", 1)]).tree(1, &FILES);
    let got = sdist(&FILES).home_page("http://o.github.io/a/").ask(&fake).await;
    assert_is!(got, B, Verbatim);
}

#[tokio::test]
async fn another_projects_repository_is_a_contradiction() {
    let other = TOML.replace("'a'", "'requests'");
    let tree = [("pyproject.toml", other.as_str()), ("requests.py", "2")];
    let fake =
        Fake::default().refs(&[("v1.0", 1), ("heads/main", 9)]).tree(1, &tree).tree(9, &tree).blob(&other);
    let got = sdist(&FILES).ask(&fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::X, true), "{got:#?}");
}

#[tokio::test]
async fn an_old_release_is_not_another_project() {
    // The name is computed and every file has changed since, but they are called the same.
    let setup = "from setuptools import setup\nsetup(**read())\n";
    let old = [("setup.py", setup), ("a.py", "1"), ("b.py", "2")];
    let new = "from setuptools import setup\nsetup(**read_more())\n";
    let fake = Fake::default()
        .refs(&[("heads/main", 9)])
        .tree(9, &[("setup.py", new), ("a.py", "3"), ("b.py", "4")])
        .blob(new)
        .holding(9, 9, 1);
    let got = sdist(&old).ask(&fake).await;
    assert_eq!((got.tier, got.source), (Tier::D, None));
}

#[tokio::test]
async fn a_repository_in_other_letters_is_the_same() {
    let lost = Fake::default()
        .no_refs("https://github.com/O/R", NoAnswer::NoRepository("404".into()))
        .refs(&[("v1.0", 1)])
        .tree(1, &FILES);
    let urls = [("Source", "https://github.com/O/R"), ("Homepage", R)];
    let got = sdist(&FILES).urls(&urls).ask(&lost).await;
    assert_is!(got, B, Verbatim);
    // One that is there is not asked twice.
    let tree = [("package.json", "{}")];
    let fake = Fake::default().refs_of("https://github.com/O/R", &[("heads/main", 9)]).tree(9, &tree);
    assert_eq!(sdist(&FILES).urls(&urls).ask(&fake).await.tier, Tier::X);
}

#[tokio::test]
async fn a_name_that_is_the_repositorys_own() {
    // `r` in `o/r`, beside `r-extra`, whose tags begin the same way.
    let (own, extra) = (DYNAMIC.replace("'a'", "'r'"), DYNAMIC.replace("'a'", "'r-extra'"));
    let files = [("pyproject.toml", own.as_str()), ("r.py", "1")];
    let tree = [&files[..], &[("extra/pyproject.toml", &extra), ("extra/e.py", "2")]].concat();
    let old = [
        ("pyproject.toml", own.as_str()),
        ("r.py", "0"),
        ("extra/pyproject.toml", &extra),
        ("extra/e.py", "2"),
    ];
    let fake = Fake::default().refs(&[("r-1.0", 1), ("r-extra-1.0", 2)]).tree(1, &tree).tree(2, &old);
    let got = sdist_of(("r", "1.0"), &files).ask(&fake).await;
    assert_is!(got, B, Verbatim);
    assert_eq!(got.source.unwrap().commit, commit(1));
    let packed = [("pyproject.toml", extra.as_str()), ("e.py", "2")];
    let got = sdist_of(("r-extra", "1.0"), &packed).ask(&fake).await;
    assert_eq!(got.source.unwrap().commit, commit(2));
}

#[tokio::test]
async fn files_of_another_project_are_a_contradiction() {
    for (name, version) in [("b", "1.0"), ("a", "1.1")] {
        let got = sdist(&FILES).asked_as(name, version).ask(&Fake::default()).await;
        assert_eq!((got.tier, got.source.is_none()), (Tier::X, true), "{name} {version}");
    }
}

#[tokio::test]
async fn metadata_can_name_no_more_than_a_few_repositories() {
    let urls: Vec<(String, String)> =
        (0..50).map(|at| ("Source".to_owned(), format!("https://github.com/o/r{at}"))).collect();
    let urls: Vec<(&str, &str)> = urls.iter().map(|(label, url)| (label.as_str(), url.as_str())).collect();
    let mut fake = Fake::default();
    for (_, url) in &urls[..8] {
        fake = fake.no_refs(url, NoAnswer::NoRepository("404".into()));
    }
    assert_eq!(sdist(&FILES).urls(&urls).ask(&fake).await.tier, Tier::D);
}
