//! What a sound package gives, and what is asked for it.

use headwater::source::npm::patch;
use headwater::source::repository::NoAnswer;
use headwater::source::repository::Unreachable;
use headwater::source::{Class, Evidence, FlagKind, Reach, Tier};
use serde_json::json;

use crate::fake::*;

#[tokio::test]
async fn verbatim_at_a_tag_needs_refs_and_one_tree() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1"), ("LICENSE", "MIT")];
    let fake = Fake::default().refs(&[("v1.0.0", 1), ("v0.9.0", 2), ("heads/main", 3)]).tree(1, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim), "{got:#?}");
    let source = got.source.clone().unwrap();
    assert_eq!(
        (source.repository.0.as_str(), source.commit, source.tag.as_deref()),
        (R, commit(1), Some("v1.0.0"))
    );
    assert_eq!(source.subdirectory, None);
    assert_eq!(got.files.identical, 3);
    assert!(got.flags.is_empty());
    assert_eq!(got.mapping.unwrap(), Default::default());
    assert!(got.evidence.contains(&Evidence::Reachable { how: Reach::Tag("v1.0.0".into()) }));
}

#[tokio::test]
async fn a_resolution_survives_json() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let got = a(&files, None, &Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &files)).await;
    let text = serde_json::to_value(&got).unwrap();
    assert_eq!((&text["tier"], &text["class"]), (&json!("B"), &json!("verbatim")));
    assert_eq!(text["source"]["commit"], json!("01".repeat(20)));
    assert_eq!(serde_json::from_value::<headwater::source::Resolution>(text).unwrap(), got);
}

#[tokio::test]
async fn git_head_goes_before_tags_and_needs_reachability() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let metadata =
        Some(json!({"name": "a", "version": "1.0.0", "repository": "o/r", "gitHead": "07".repeat(20)}));
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("heads/main", 1)])
        .tree(1, &files)
        .tree(7, &files)
        .reachable(7, Ok(true));
    let got = a(&files, metadata, &fake).await;
    assert_eq!((got.tier, got.source.unwrap().commit), (Tier::B, commit(7)));
    assert!(got.evidence.contains(&Evidence::Reachable { how: Reach::Line("main".into()) }));
}

#[tokio::test]
async fn a_fork_commit_yields_to_a_tag_and_else_caps_at_c() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let metadata = json!({"repository": "o/r", "gitHead": "07".repeat(20)});
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(7, &files).tree(1, &files).reachable(7, Ok(false));
    let got = a(&files, Some(metadata.clone()), &fake).await;
    assert_eq!((got.tier, got.source.unwrap().commit), (Tier::B, commit(1)));

    let fake = Fake::default().refs(&[("heads/main", 1)]).tree(7, &files).reachable(7, Ok(false));
    let got = a(&files, Some(metadata.clone()), &fake).await;
    assert_eq!((got.tier, got.class, got.source.unwrap().commit), (Tier::C, Class::Verbatim, commit(7)));
    assert!(got.reasons[0].contains("fork"), "{:?}", got.reasons);

    let fake = Fake::default()
        .refs(&[("heads/main", 1)])
        .tree(7, &files)
        .reachable(7, Err(NoAnswer::Failed("too large".into())));
    assert_eq!(a(&files, Some(metadata), &fake).await.tier, Tier::C);
}

#[tokio::test]
async fn an_unreachable_host_is_no_answer_wherever_it_shows() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let gone = || NoAnswer::Unreachable { host: "github.com".into(), why: "timed out".into() };
    let metadata = json!({"repository": "o/r", "gitHead": "07".repeat(20)});
    for fake in [
        Fake::default().no_refs(R, gone()),
        Fake::default().refs(&[("v1.0.0", 7)]).no_tree(7, gone()),
        Fake::default().refs(&[]).tree(7, &files).reachable(7, Err(gone())),
    ] {
        let got = ask("a", "1.0.0", &files, Some(metadata.clone()), &fake).await;
        assert_eq!(got, Err(Unreachable { host: "github.com".into(), why: "timed out".into() }));
    }
}

#[tokio::test]
async fn a_tag_that_could_not_be_read_caps_what_comes_after() {
    let m = manifest("a", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1), ("1.0.0", 2)])
        .no_tree(1, NoAnswer::Failed("early EOF".into()))
        .tree(2, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.source.unwrap().commit), (Tier::C, commit(2)));
    assert!(got.reasons[0].contains("could not be read"), "{:?}", got.reasons);
}

#[test]
fn the_answer_can_be_awaited_on_any_thread() {
    fn is_send<T: Send>(_: T) {}
    is_send(ask("a", "1.0.0", &[], None, &Fake::default()));
}

#[tokio::test]
async fn no_repository_and_a_lost_repository_are_answers() {
    let bare = "{\"name\": \"a\", \"version\": \"1.0.0\"}";
    let got = a(&[("package.json", bare)], None, &Fake::default()).await;
    assert_eq!((got.tier, got.class, got.source), (Tier::D, Class::Nomatch, None));
    let m = manifest("a", "1.0.0");
    let fake = Fake::default().no_refs(R, NoAnswer::NoRepository("404".into()));
    let got = a(&[("package.json", &m)], None, &fake).await;
    assert_eq!((got.tier, got.source.is_none()), (Tier::D, true));
    assert!(got.reasons[0].contains("does not exist"), "{:?}", got.reasons);
    let private = "{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"http://10.0.0.1/r\"}";
    let got = a(&[("package.json", private)], None, &Fake::default()).await;
    assert_eq!((got.tier, said(&got, "http://10.0.0.1/r").0), (Tier::D, false));
}

#[tokio::test]
async fn a_workspace_package_takes_its_licence_from_the_root() {
    let m = manifest("@s/b", "1.0.0");
    let tarball = [("package.json", m.as_str()), ("index.js", "1"), ("LICENSE", "MIT")];
    let tree = [
        ("package.json", "{}"),
        ("LICENSE", "MIT"),
        ("packages/b/package.json", m.as_str()),
        ("packages/b/index.js", "1"),
        (">packages/b/LICENSE", "../../LICENSE"),
        ("packages/c/LICENSE", "MIT"),
    ];
    let fake = Fake::default().refs(&[("@s/b@1.0.0", 1)]).tree(1, &tree);
    let got = ask("@s/b", "1.0.0", &tarball, None, &fake).await.unwrap();
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim), "{got:#?}");
    assert_eq!(got.source.unwrap().subdirectory.as_deref(), Some("packages/b"));
    assert_eq!(got.mapping.unwrap().elsewhere, [("LICENSE".to_owned(), "LICENSE".to_owned())].into());
}

#[tokio::test]
async fn source_is_not_matched_anywhere() {
    let m = manifest("a", "1.0.0");
    let tarball = [("package.json", m.as_str()), ("install.js", "evil")];
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", &m), ("test/fixtures/install.js", "evil")]);
    let got = a(&tarball, None, &fake).await;
    assert_eq!((got.tier, got.class, got.files.phantom), (Tier::C, Class::Built, 1));
    assert_eq!(
        (got.flags[0].kind, &got.flags[0].paths[..]),
        (FlagKind::Phantom, &["install.js".to_owned()][..])
    );
}

#[tokio::test]
async fn an_injected_git_head_is_a_diff() {
    let at_commit = "{\n  \"name\": \"a\",\n  \"version\": \"1.0.0\",\n  \"repository\": \"o/r\"\n}\n";
    let packed = format!(
        "{{\n  \"name\": \"a\",\n  \"version\": \"1.0.0\",\n  \"repository\": \"o/r\",\n  \"gitHead\": \"{}\"\n}}",
        "01".repeat(20)
    );
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", at_commit), ("i.js", "1")])
        .blob(at_commit);
    let got = a(&[("package.json", &packed), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.class, got.files.manifest), (Tier::B, Class::Verbatim, 1), "{got:#?}");
    let diff = got.mapping.unwrap().manifest_diff.unwrap();
    assert_eq!(patch::apply(at_commit, &diff), Some(packed));
}

#[tokio::test]
async fn semantic_release_holds_no_version() {
    let at_commit = manifest("a", "0.0.0-development");
    let packed = manifest("a", "1.0.0");
    let tree = [("package.json", at_commit.as_str()), ("i.js", "1")];
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &tree).blob(&at_commit);
    let got = a(&[("package.json", &packed), ("i.js", "1")], None, &fake).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
    // With build output it is no more than C, and says why.
    let got = a(&[("package.json", &packed), ("i.js", "1"), ("dist/x.js", "2")], None, &fake).await;
    assert_eq!((got.tier, got.class, got.files.generated), (Tier::C, Class::Built, 1));
    assert!(got.reasons.iter().any(|why| why.contains("placeholder")));
}

#[tokio::test]
async fn line_endings_and_changelogs_are_near() {
    let m = manifest("a", "1.0.0");
    let tree = [("package.json", m.as_str()), ("i.js", "1\n2\n"), ("CHANGELOG.md", "old")];
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &tree);
    let tarball = [("package.json", m.as_str()), ("i.js", "1\r\n2\r\n"), ("CHANGELOG.md", "new")];
    let got = a(&tarball, None, &fake).await;
    assert_eq!((got.tier, got.class, got.files.crlf, got.files.differs), (Tier::C, Class::Near, 1, 1));
    let flags: Vec<_> = got.flags.iter().map(|flag| (flag.kind, flag.paths[0].as_str())).collect();
    assert_eq!(flags, [(FlagKind::Differs, "CHANGELOG.md"), (FlagKind::Crlf, "i.js")]);
    assert!(got.mapping.is_none());
}

#[tokio::test]
async fn a_shifted_root_is_build_output() {
    let m = "{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"o/r\", \"publishConfig\": {\"directory\": \"dist\"}}";
    let tree = [("package.json", m), ("src/index.ts", "ts"), ("README.md", "hi")];
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &tree);
    let got = a(&[("package.json", m), ("cli.js", "js"), ("README.md", "hi")], None, &fake).await;
    assert_eq!(
        (got.class, got.files.phantom, got.files.generated, got.files.identical),
        (Class::Built, 0, 1, 2)
    );
}

#[tokio::test]
async fn an_untagged_release_is_found_by_the_commit_that_set_the_version() {
    let (new, old) = (manifest("a", "1.0.0"), manifest("a", "1.1.0"));
    let files = [("package.json", new.as_str()), ("i.js", "1")];
    let fake = Fake::default()
        .refs(&[("v0.1.0", 9), ("heads/main", 2)])
        .tree(2, &[("package.json", &old)])
        .blob(&old)
        .history("package.json", "1.0.0", &[3])
        .tree(3, &files);
    let got = a(&files, None, &fake).await;
    assert_eq!((got.tier, got.class, got.source.unwrap().commit), (Tier::B, Class::Verbatim, commit(3)));
    assert!(got.evidence.contains(&Evidence::VersionSet { path: "package.json".into() }));
}

#[tokio::test]
async fn committed_output_and_binaries_are_flagged_and_stay_verbatim() {
    let m = manifest("a", "1.0.0");
    let files = [
        ("package.json", m.as_str()),
        ("a.min.js", "min"),
        ("big.js", "!!minified"),
        ("data.json", "!!one line"),
        ("dist/a.js", "bundle"),
        ("lib/a.js", "es5"),
        ("logo.png", "\0"),
        ("src/a.ts", "ts"),
        ("x.dat", "\0"),
        ("x.wasm", "wasm"),
    ];
    let got = a(&files, None, &Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &files)).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
    let of = |kind| got.flags.iter().find(|flag| flag.kind == kind).unwrap().paths.clone();
    assert_eq!(of(FlagKind::CommittedOutput), ["a.min.js", "big.js", "dist/a.js", "lib/a.js"]);
    assert_eq!(of(FlagKind::Binary), ["x.dat", "x.wasm"]);
}
