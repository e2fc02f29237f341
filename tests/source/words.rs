//! What is said of a package is so, and what decides is said first.

use headwater::source::repository::NoAnswer;
use headwater::source::{Class, FlagKind, Resolution, Tier, explain};

use crate::fake::*;

const TREE: [(&str, &str); 3] = [("index.js", "1"), ("src/x.ts", "ts"), ("CHANGELOG.md", "old")];

/// `a` with more files than its commit's, or other ones; `fields` are in the tarball's manifest alone.
async fn released(fields: &str, files: &[(&str, &str)]) -> Resolution {
    let m = manifest("a", "1.0.0");
    let packed = m.replace('}', &format!("{fields}}}"));
    let mut tree = vec![("package.json", m.as_str())];
    tree.extend(TREE);
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &tree).blob(&m);
    let kept = TREE[..1].iter().filter(|(path, _)| !files.iter().any(|(other, _)| other == path));
    let tarball: Vec<_> =
        [("package.json", packed.as_str())].iter().chain(kept).chain(files).copied().collect();
    a(&tarball, None, &fake).await
}

#[tokio::test]
async fn only_build_output_needs_a_build() {
    let funding = ", \"funding\": \"https://example.org\"";
    for (fields, files, class, needs_build, first) in [
        (
            "",
            &[("dist/x.js", "2")][..],
            Class::Built,
            true,
            "build output that the commit does not hold (1): dist/x.js",
        ),
        (
            "",
            &[("dist/x.js", "2"), ("CHANGELOG.md", "new")],
            Class::Built,
            true,
            "build output that the commit",
        ),
        (
            "",
            &[(".npmignore", "x")],
            Class::Near,
            false,
            "nothing but files that nothing runs differs: .npmignore",
        ),
        (
            "",
            &[("yarn.lock", "x")],
            Class::Near,
            false,
            "nothing but files that nothing runs differs: yarn.lock",
        ),
        (
            "",
            &[("CHANGELOG.md", "new")],
            Class::Near,
            false,
            "nothing but documentation differs: CHANGELOG.md",
        ),
        (
            funding,
            &[],
            Class::Built,
            false,
            "package.json differs more than releasing explains: funding was added",
        ),
        (
            funding,
            &[("dist/x.js", "2")],
            Class::Built,
            false,
            "package.json differs more than releasing explains",
        ),
        (
            "",
            &[("index.js", "2")],
            Class::Built,
            false,
            "files with other bytes than in the commit (1): index.js",
        ),
        (
            "",
            &[("bower.json", "{}")],
            Class::Built,
            false,
            "data that the commit does not hold (1): bower.json",
        ),
        (
            "",
            &[("dist/x.js", "2"), ("evil.js", "3")],
            Class::Built,
            false,
            "source-like files that the commit does not",
        ),
    ] {
        let got = released(fields, files).await;
        assert_eq!(
            (got.tier, got.class, got.needs_build),
            (Tier::C, class, needs_build),
            "{files:?}: {got:#?}"
        );
        assert!(got.reasons[0].starts_with(first), "{:?}", got.reasons);
        let text = explain(&got);
        assert!(!text.contains("every file byte-matches"), "{text}");
        assert_eq!(text.contains("Build it from the commit"), needs_build, "{text}");
    }
}

#[tokio::test]
async fn a_manifest_that_releasing_changed_is_no_byte_match() {
    let got = released(", \"gitHead\": \"x\"", &[]).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
    assert!(got.reasons[0].starts_with("every file of the tarball but package.json (1 of 2) is in commit"));
    assert!(
        explain(&got).contains("byte-matches one commit of the repository, but for what releasing changes")
    );
}

#[tokio::test]
async fn what_entry_points_load_comes_first() {
    let m = "{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"o/r\", \"main\": \"lib/z.js\"}";
    let files = [
        ("package.json", m),
        ("lib/a.js", "__esModule"),
        ("lib/b.js", "__esModule"),
        ("lib/y.js", "__esModule"),
        ("lib/z.js", "__esModule; require('./y')"),
        ("logo.png", "\x7fELF"),
        ("photo.png", "\0"),
    ];
    let got =
        a(&files, None, &Fake::default().refs(&[("v1.0.0", 1), ("heads/main", 1)]).tree(1, &files)).await;
    assert_eq!(got.tier, Tier::B);
    let flag = |kind| got.flags.iter().find(|flag| flag.kind == kind).unwrap();
    let built = flag(FlagKind::CommittedOutput);
    assert_eq!(built.paths, ["lib/y.js", "lib/z.js", "lib/a.js", "lib/b.js"]);
    assert_eq!(built.note.as_deref(), Some("the first 2 are loaded by what package.json names"));
    assert_eq!(flag(FlagKind::Binary).paths, ["logo.png"]);
}

#[tokio::test]
async fn a_contradiction_is_told_as_convert_treats_it() {
    let got = a(&[("package.json", &manifest("b", "1.0.0"))], None, &Fake::default()).await;
    assert_eq!(got.tier, Tier::X);
    let text = explain(&got);
    assert!(text.contains("takes it as the registry ships it, as an unvetted artifact"), "{text}");
    assert!(!text.contains("Do not take it"), "{text}");
}

/// Of many packages, a summary tells once what all of them have in common: that stands before the first colon.
#[tokio::test]
async fn what_is_of_one_repository_alone_comes_last() {
    let m = manifest("a", "1.0.0");
    let other = manifest("b", "1.0.0");
    let files = [("package.json", m.as_str()), ("index.js", "1")];
    let lost = NoAnswer::Failed("/home/x/clone lacks objects".to_owned());
    let main = || Fake::default().refs(&[("heads/main", 2)]);
    let of_another = [("package.json", other.as_str()), ("index.js", "1")];
    for (fake, expected) in [
        (Fake::default().refs(&[]), "its repository has no branches: REPOSITORY"),
        (main().no_tree(2, lost), "the tip of its main line cannot be read: REPOSITORY"),
        (
            main().tree(2, &of_another).blob(&other),
            "its repository holds no package.json of that name: REPOSITORY has 1 of 1 of the artifact's files at \
             the tip of main",
        ),
        (
            main().tree(2, &files).blob(&m).history("package.json", "1.0.0", &[]),
            "no tag or gitHead names a commit of it: REPOSITORY holds package.json",
        ),
    ] {
        let got = a(&files, None, &fake).await;
        assert_eq!(got.reasons[0].replace("https://github.com/o/r", "REPOSITORY"), expected);
    }
}
