//! What `headwater source` prints.

use headwater::source::{commit_url, explain};

use crate::fake::*;

#[tokio::test]
async fn a_built_workspace_package() {
    let m = "{\"name\": \"@s/b\", \"version\": \"1.0.0\", \"repository\": \"o/r\"}";
    let tarball = [
        ("package.json", m),
        ("index.js", "1"),
        ("LICENSE", "MIT"),
        ("dist/b.js", "2"),
        ("setup.js", "evil"),
    ];
    let tree = [("LICENSE", "MIT"), ("packages/b/package.json", m), ("packages/b/index.js", "1")];
    let fake =
        Fake::default().refs(&[("@s/b@1.0.0", 1), ("@s/b@1.0.0-dist", 3), ("v1.0.0", 2)]).tree(1, &tree);
    let got = ask("@s/b", "1.0.0", &tarball, None, &fake).await.unwrap();
    insta::assert_snapshot!(explain(&got));
}

#[tokio::test]
async fn a_diff_is_shown() {
    let at_commit = "{\n  \"name\": \"a\",\n  \"version\": \"0.0.0\",\n  \"repository\": \"o/r\"\n}\n";
    let packed = at_commit.replace("0.0.0", "1.0.0");
    let fake = Fake::default()
        .refs(&[("v1.0.0", 1)])
        .tree(1, &[("package.json", at_commit), ("a.min.js", "1")])
        .blob(at_commit);
    let got = a(&[("package.json", &packed), ("a.min.js", "1")], None, &fake).await;
    insta::assert_snapshot!(explain(&got));
}

#[tokio::test]
async fn nothing_found() {
    let got =
        a(&[("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}")], None, &Fake::default()).await;
    insta::assert_snapshot!(explain(&got));
}

#[tokio::test]
async fn a_path_cannot_steer_the_terminal() {
    let m = manifest("a", "1.0.0");
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &[("package.json", &m), ("i.js", "1")]);
    let tarball = [("package.json", m.as_str()), ("i.js", "1"), ("x\u{1b}[2J\n  tier P\u{202e}.js", "2")];
    let text = explain(&a(&tarball, None, &fake).await);
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains("\n  tier P"), "{text}");
}

#[test]
fn pages_of_the_forges() {
    let of = |repository: &str| {
        let source =
            serde_json::json!({"repository": repository, "commit": "01".repeat(20), "subdirectory": "p/b"});
        commit_url(&serde_json::from_value(source).unwrap()).replace(&"01".repeat(20), "C")
    };
    assert_eq!(of("https://github.com/o/r"), "https://github.com/o/r/tree/C/p/b");
    assert_eq!(of("https://gitlab.com/g/s/r"), "https://gitlab.com/g/s/r/-/tree/C/p/b");
    assert_eq!(of("https://codeberg.org/o/r"), "https://codeberg.org/o/r/src/commit/C/p/b");
    assert_eq!(of("https://git.sr.ht/~u/r"), "https://git.sr.ht/~u/r/tree/C/item/p/b");
    assert_eq!(of("https://git.example.org/r.git"), "https://git.example.org/r.git");
}
