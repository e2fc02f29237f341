//! What looks like a source and is none.

use headwater::source::repository::NoAnswer;
use headwater::source::{Class, FlagKind, Tier};
use serde_json::json;

use crate::fake::*;

const BUILT: [(&str, &str); 2] = [("dist/a.js", "es5"), ("dist/b.js", "es5b")];

fn tarball(manifest: &str) -> Vec<(&str, &str)> {
    let mut files = vec![("package.json", manifest), ("README.md", "hi")];
    files.extend(BUILT);
    files
}

fn source_tree(manifest: &str) -> Vec<(&str, &str)> {
    vec![("package.json", manifest), ("README.md", "hi"), ("src/a.ts", "ts"), ("src/b.ts", "tsb")]
}

#[tokio::test]
async fn an_artifact_tag_is_never_looked_at() {
    let m = manifest("a", "1.0.0");
    let fake =
        Fake::default().refs(&[("1.0.0", 1), ("1.0.0-npm", 2), ("v1.0.0-deno", 2)]).tree(1, &source_tree(&m));
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!(
        (got.tier, got.class, got.source.as_ref().unwrap().commit),
        (Tier::C, Class::Built, commit(1))
    );
    assert!(!said(&got, "tag 1.0.0-npm").0 && !said(&got, "tag v1.0.0-deno").0);
}

#[tokio::test]
async fn only_an_artifact_tag_is_no_source() {
    let m = manifest("a", "1.0.0");
    let newer = manifest("a", "1.1.0");
    let fake = Fake::default()
        .refs(&[("v1.0.0-npm", 2), ("heads/main", 3)])
        .tree(3, &[("package.json", &newer)])
        .blob(&newer)
        .history("package.json", "1.0.0", &[2]);
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.source), (Tier::D, None));
}

#[tokio::test]
async fn a_git_head_on_an_artifact_branch_is_refused() {
    let m = manifest("a", "1.0.0");
    let metadata = json!({"repository": "o/r", "gitHead": "02".repeat(20)});
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("heads/dist", 2)]).tree(1, &source_tree(&m));
    let got = a(&tarball(&m), Some(metadata), &fake).await;
    assert_eq!(got.source.as_ref().unwrap().commit, commit(1));
    assert!(said(&got, "gitHead 0202").1.contains("artifact branch"));
}

#[tokio::test]
async fn a_git_head_that_commits_what_the_tag_builds_is_refused() {
    let m = manifest("a", "1.0.0");
    let metadata = json!({"repository": "o/r", "gitHead": "02".repeat(20)});
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("heads/main", 3)])
        .tree(1, &source_tree(&m))
        .tree(2, &tarball(&m))
        .reachable(2, Ok(true));
    let got = a(&tarball(&m), Some(metadata), &fake).await;
    assert_eq!(
        (got.tier, got.class, got.source.as_ref().unwrap().commit),
        (Tier::C, Class::Built, commit(1))
    );
    assert!(!said(&got, "gitHead 0202").0);
    assert!(got.flags.iter().any(|flag| flag.kind == FlagKind::ArtifactBranch));
}

#[tokio::test]
async fn of_two_tags_the_one_with_committed_output_is_the_artifact() {
    let m = manifest("a", "1.0.0");
    let fake =
        Fake::default().refs(&[("1.0.0", 1), ("v1.0.0", 2)]).tree(1, &source_tree(&m)).tree(2, &tarball(&m));
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::C, commit(1)));
    assert!(said(&got, "tag v1.0.0").1.contains("artifact branch"));
}

#[tokio::test]
async fn a_tag_of_another_version_is_refused() {
    let m = manifest("a", "1.0.0");
    let other = manifest("a", "0.9.9");
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", &other), ("i.js", "1")])
        .blob(&other)
        .history("package.json", "1.0.0", &[]);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.class, got.source.is_none()), (Tier::D, Class::Nomatch, true));
    assert_eq!(said(&got, "tag v1.0.0"), (false, "package.json holds version 0.9.9".to_owned()));
    assert!(got.mapping.is_none());
}

#[tokio::test]
async fn a_siblings_tag_is_refused() {
    // `v1.0.0` is a release of `b`; `a` of that version was never tagged.
    let m = manifest("a", "1.0.0");
    let (b, old_a) = (manifest("b", "1.0.0"), manifest("a", "0.5.0"));
    let tree = [("packages/b/package.json", b.as_str()), ("packages/a/package.json", old_a.as_str())];
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("heads/main", 1)])
        .tree(1, &tree)
        .blob(&b)
        .blob(&old_a)
        .history("packages/a/package.json", "1.0.0", &[]);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::D, true));
    assert_eq!(said(&got, "tag v1.0.0").1, "packages/a/package.json holds version 0.5.0");
}

#[tokio::test]
async fn a_scoped_tag_goes_before_a_global_one() {
    let m = manifest("@s/a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let tree = [("packages/a/package.json", m.as_str()), ("packages/a/i.js", "1")];
    let fake = Fake::default().refs(&[("v1.0.0", 2), ("a@1.0.0", 1)]).tree(1, &tree);
    let got = ask("@s/a", "1.0.0", &files, None, &fake).await.unwrap();
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::B, commit(1)));
    assert!(!said(&got, "tag v1.0.0").0);
}

#[tokio::test]
async fn a_demoted_tag_must_hold_the_version_itself() {
    // The repository tags `a@...`, so `v1.0.0` is some other package's and a placeholder proves nothing.
    let m = manifest("a", "1.0.0");
    let placeholder = manifest("a", "0.0.0");
    let fake = Fake::default()
        .refs(&[("a@0.9.0", 5), ("v1.0.0", 1)])
        .tree(1, &[("package.json", &placeholder), ("i.js", "1")])
        .blob(&placeholder)
        .history("package.json", "1.0.0", &[]);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::D, true));
}

#[tokio::test]
async fn two_tags_that_differ_are_ambiguous() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let more = [("package.json", m.as_str()), ("i.js", "1"), ("test.js", "2")];
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("1.0.0", 2)]).tree(1, &files).tree(2, &more);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::C, Class::Verbatim));
    assert!(got.reasons[0].starts_with("ambiguous"), "{:?}", got.reasons);
    // The same tree twice is no ambiguity.
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("1.0.0", 2)]).tree(1, &files).tree(2, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.source.unwrap().commit), (Tier::B, commit(1)));
}

#[tokio::test]
async fn someone_elses_repository_is_a_contradiction() {
    let m = manifest("@fork/a", "1.0.1");
    let theirs = manifest("a", "1.1.0");
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("heads/main", 2)])
        .tree(2, &[("package.json", &theirs), ("i.js", "theirs"), ("LICENSE", "MIT")])
        .blob(&theirs);
    let tarball = [("package.json", m.as_str()), ("i.js", "mine"), ("LICENSE", "MIT")];
    let got = ask("@fork/a", "1.0.1", &tarball, None, &fake).await.unwrap();
    assert_eq!((got.tier, got.class, got.source.is_none()), (Tier::X, Class::Nomatch, true));
    assert!(got.reasons[0].contains("holds no package.json of that name"), "{:?}", got.reasons);
}

#[tokio::test]
async fn a_tarball_of_another_package_is_a_contradiction() {
    for m in [manifest("b", "1.0.0"), manifest("a", "1.0.1"), "not json".to_owned()] {
        let got = a(&[("package.json", &m)], None, &Fake::default()).await;
        assert_eq!((got.tier, got.source), (Tier::X, None), "{m}");
    }
}

#[tokio::test]
async fn a_git_head_that_is_gone_or_of_another_version() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let metadata = json!({"repository": "o/r", "gitHead": "07".repeat(20)});
    let fake =
        Fake::default().refs(&[("v1.0.0", 1)]).no_tree(7, NoAnswer::NoCommit("07".into())).tree(1, &files);
    let got = a(&files, Some(metadata.clone()), &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::B, commit(1)));
    assert!(said(&got, "gitHead 0707").1.contains("no such commit"));
    // Published before the release commit was made: the tag holds the version.
    let before = manifest("a", "0.9.0");
    let old = [("package.json", before.as_str()), ("i.js", "1")];
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(7, &old)
        .blob(&before)
        .reachable(7, Ok(true))
        .tree(1, &files);
    let got = a(&files, Some(metadata.clone()), &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::B, commit(1)));
    // No tag: the commit, but no proof.
    let fake = Fake::default().refs(&[]).tree(7, &old).blob(&before).reachable(7, Ok(true));
    let got = a(&files, Some(metadata), &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::C, commit(7)));
}

#[tokio::test]
async fn manifest_confusion_is_flagged_on_a_proved_package() {
    let m = "{\"name\": \"a\", \"version\": \"1.0.0\", \"scripts\": {\"postinstall\": \"x\"}}";
    let metadata = json!({"_id": "a@1.0.0", "name": "a", "version": "1.0.0", "repository": "o/r"});
    let files = [("package.json", m), ("i.js", "1")];
    let got = a(&files, Some(metadata), &Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &files)).await;
    assert_eq!((got.tier, got.flags[0].kind), (Tier::B, FlagKind::ManifestConfusion));
    assert!(got.flags[0].note.as_ref().unwrap().contains("postinstall"));
}

#[tokio::test]
async fn an_added_script_is_no_release_change() {
    let at_commit = manifest("a", "1.0.0");
    let packed = "{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"o/r\", \"scripts\": {\"postinstall\": \"x\"}}";
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", &at_commit), ("i.js", "1")])
        .blob(&at_commit);
    let got = a(&[("package.json", packed), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.class, got.files.differs), (Tier::C, Class::Built, 1));
    assert!(got.reasons[0].contains("scripts was added"), "{:?}", got.reasons);
    assert!(got.mapping.is_none());
}

#[tokio::test]
async fn the_homepage_helps_where_the_repository_is_gone() {
    let m = "{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"o/gone\", \"homepage\": \"https://github.com/o/r#readme\"}";
    let files = [("package.json", m), ("i.js", "1")];
    let fake = Fake::default()
        .no_refs("https://github.com/o/gone", NoAnswer::NoRepository("404".into()))
        .refs(&[("v1.0.0", 1)])
        .tree(1, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.source.unwrap().repository.0.as_str()), (Tier::B, R));
}

#[tokio::test]
async fn a_version_that_ends_like_an_artifact_branch() {
    let m = manifest("a", "1.0.0-browser");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let metadata = json!({"repository": "o/r", "gitHead": "01".repeat(20)});
    let fake = Fake::default().refs(&[("v1.0.0-browser", 1)]).tree(1, &files);
    let got = ask("a", "1.0.0-browser", &files, Some(metadata), &fake).await.unwrap();
    assert_eq!((got.tier, got.source.unwrap().commit), (Tier::B, commit(1)));
}

#[tokio::test]
async fn name_and_version_alone_are_no_more_than_a_tags_name() {
    let m = manifest("a", "1.0.0");
    let other = "{\"name\": \"a\", \"version\": \"1.0.0\", \"main\": \"x.js\"}";
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", other), ("x.js", "2"), ("i.js", "2")])
        .blob(other);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::D, Class::Built));
}

#[tokio::test]
async fn a_tag_of_another_version_is_refused_even_where_git_head_is_it() {
    let m = manifest("a", "1.0.0");
    let before = manifest("a", "0.9.0");
    let metadata = json!({"repository": "o/r", "gitHead": "01".repeat(20)});
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", &before), ("i.js", "old")])
        .blob(&before)
        .history("package.json", "1.0.0", &[]);
    let got = a(&[("package.json", &m), ("i.js", "1")], Some(metadata), &fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::D, true), "{got:#?}");
}

#[tokio::test]
async fn a_committed_copy_in_node_modules_is_no_source() {
    let m = manifest("a", "1.0.0");
    let root = manifest("host", "1.0.0");
    let tree =
        [("package.json", root.as_str()), ("node_modules/a/package.json", &m), ("node_modules/a/i.js", "1")];
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("heads/main", 1)]).tree(1, &tree).blob(&root);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.class, got.source.is_none()), (Class::Nomatch, true));
}

#[tokio::test]
async fn a_tag_whose_code_differs_yields_to_one_whose_code_does_not() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("1.0.0", 2)])
        .tree(1, &[("package.json", &m), ("i.js", "0")])
        .tree(2, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().tag.as_deref()), (Tier::B, Some("1.0.0")));
    assert!(!said(&got, "tag v1.0.0").0);
}

#[tokio::test]
async fn a_link_is_not_the_file_whose_text_it_holds() {
    let m = manifest("a", "1.0.0");
    let fake =
        Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &[("package.json", &m), (">bin/a", "../evil.js")]);
    let got = a(&[("package.json", &m), ("bin/a", "../evil.js")], None, &fake).await;
    assert_eq!((got.tier, got.files.phantom), (Tier::C, 1));
}

#[tokio::test]
async fn history_must_hold_the_version_itself() {
    let m = manifest("a", "1.0.0");
    let placeholder = manifest("a", "0.0.0-development");
    let tree = [("package.json", placeholder.as_str()), ("i.js", "1")];
    let fake = Fake::default()
        .refs(&[("heads/main", 1)])
        .tree(1, &tree)
        .blob(&placeholder)
        .history("package.json", "1.0.0", &[2])
        .tree(2, &tree);
    let got = a(&[("package.json", &m), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::D, true));
}

/// A tag `v1.0.0` that adds `dist` to its parent, and a main line without it.
fn detached(m: &str) -> Fake {
    let mut released = source_tree(m);
    released.extend(BUILT);
    Fake::default()
        .refs(&[("v1.0.0", 2), ("heads/main", 3)])
        .tree(1, &source_tree(m))
        .tree(2, &released)
        .tree(3, &source_tree("{}"))
        .parents(2, &[1])
}

#[tokio::test]
async fn a_lone_tag_that_adds_output_yields_to_its_parent() {
    let m = manifest("a", "1.0.0");
    let got = a(&tarball(&m), None, &detached(&m)).await;
    assert_eq!((got.tier, got.class), (Tier::C, Class::Built));
    assert_eq!(got.source.as_ref().unwrap().commit, commit(1));
    assert!(said(&got, "tag v1.0.0").1.contains("artifact branch"));
    assert!(got.flags.iter().any(|flag| flag.kind == FlagKind::ArtifactBranch));
}

#[tokio::test]
async fn a_lone_tag_that_adds_output_and_the_version_is_not_proved() {
    let (m, before) = (manifest("a", "1.0.0"), manifest("a", "0.0.0-development"));
    let fake = detached(&m).tree(1, &source_tree(&before)).blob(&before);
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.source.as_ref().unwrap().commit), (Tier::C, commit(2)));
    assert!(got.reasons[0].contains("is an artifact branch"), "{:?}", got.reasons);
}

#[tokio::test]
async fn output_that_the_main_line_holds_too_is_source() {
    let m = manifest("a", "1.0.0");
    let mut released = source_tree(&m);
    released.extend(BUILT);
    // No parents are asked for: the main line settles it.
    let fake = Fake::default()
        .refs(&[("v1.0.0", 2), ("heads/main", 3)])
        .tree(2, &released)
        .tree(3, &[("package.json", "{}"), ("src/a.ts", "new"), ("dist/a.js", "newer")]);
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
    // Nor is anything asked where the tag is the main line's tip.
    let fake = Fake::default().refs(&[("v1.0.0", 2), ("heads/main", 2)]).tree(2, &released);
    assert_eq!(a(&tarball(&m), None, &fake).await.tier, Tier::B);
}

#[tokio::test]
async fn an_old_release_whose_line_held_output_is_source_after_the_main_line_dropped_it() {
    let m = manifest("a", "1.0.0");
    let mut released = source_tree(&m);
    released.extend(BUILT);
    let fake = Fake::default()
        .refs(&[("v1.0.0", 2), ("heads/main", 3)])
        .tree(1, &[("package.json", "{}"), ("dist/a.js", "older")])
        .tree(2, &released)
        .tree(3, &source_tree("{}"))
        .parents(2, &[1]);
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
}

#[tokio::test]
async fn a_line_of_nothing_but_output_is_not_proved() {
    let m = manifest("a", "1.0.0");
    let fake = Fake::default()
        .refs(&[("v1.0.0", 2), ("heads/main", 3)])
        .tree(1, &[("package.json", "{}"), ("dist/a.js", "older")])
        .tree(2, &tarball(&m))
        .tree(3, &source_tree("{}"))
        .parents(2, &[1]);
    let got = a(&tarball(&m), None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::C, Class::Verbatim));
    assert!(got.reasons[0].contains("nothing of what the main line makes it from"), "{:?}", got.reasons);
}

#[tokio::test]
async fn a_renamed_repository_is_named_as_it_is_now_and_asked_once() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("i.js", "1")];
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &files).moved("https://github.com/new/r");
    let got = a(&files, None, &fake).await;
    assert_eq!(
        (got.tier, got.source.as_ref().unwrap().repository.0.as_str()),
        (Tier::B, "https://github.com/new/r")
    );
    assert!(said(&got, R).1.contains("renamed: it redirects to https://github.com/new/r"));
    // The new name is claimed too: it is the same repository, and no refs of it are on record.
    let fake = Fake::default()
        .refs(&[("heads/main", 1)])
        .tree(1, &[("package.json", "{\"name\": \"b\"}")])
        .blob("{\"name\": \"b\"}")
        .moved("https://github.com/new/r");
    let metadata = json!({"repository": "o/r", "homepage": "https://github.com/new/r#readme"});
    assert_eq!(a(&files, Some(metadata), &fake).await.source, None);
}
