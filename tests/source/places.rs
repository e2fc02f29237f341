//! Where a package lies in a repository, and what may lie elsewhere.

use headwater::source::{Class, Evidence, FlagKind, Tier, explain};

use crate::fake::*;

/// A package `a` in a folder of a repository whose root is `root`, with more files there.
async fn published_from(
    folder: &str,
    root: &[(&str, &str)],
    directory: bool,
) -> headwater::source::Resolution {
    let m = format!(
        "{{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": {{\"url\": \"o/r\"{}}}}}\n",
        if directory { format!(", \"directory\": \"{folder}\"") } else { String::new() }
    );
    let (manifest, code) = (format!("{folder}/package.json"), format!("{folder}/index.js"));
    let mut tree = vec![(manifest.as_str(), m.as_str()), (code.as_str(), "1")];
    tree.extend(root);
    let fake = root.iter().fold(Fake::default().refs(&[("v1.0.0", 1)]), |fake, (_, text)| fake.blob(text));
    a(&[("package.json", &m), ("index.js", "1")], None, &fake.tree(1, &tree)).await
}

#[tokio::test]
async fn a_folder_of_fixtures_is_no_source() {
    let famous = [("package.json", "{\"name\": \"famous\", \"version\": \"1.0.0\"}")];
    for folder in [
        "test/fixtures/a",
        "third_party/a",
        "packages/famous/__tests__/a",
        "Examples/a",
        "SPEC",
        "vendor/a/lib",
        "e2e/testFixtures/a",
        "packages/famous/test/fixtures/deep/a",
        "third_party_libs/a",
        "thirdPartyCode/a",
        "test2/a",
        "TestData/a",
        "test-suites/a",
        "testsuites/a",
        "integration/a",
        "cypress/a",
        "react-examples/a",
        "js_tests/a",
        "Vendor-src/a",
        "dummies/a",
        "test-pkgs/a",
    ] {
        for directory in [false, true] {
            let got = published_from(folder, &famous, directory).await;
            assert_eq!((got.tier, got.class), (Tier::C, Class::Verbatim), "{folder}");
            assert!(got.reasons[0].starts_with("it lies in "), "{folder}: {:?}", got.reasons);
            let flag = got.flags.iter().find(|flag| flag.kind == FlagKind::Aside).unwrap();
            assert_eq!(flag.paths, [folder], "{folder}");
            assert!(explain(&got).contains("in a folder of tests, examples or others' code"), "{folder}");
        }
    }
    // Installed packages are never looked at, in whatever case.
    for folder in ["node_modules/a", "lib/Node_Modules/a"] {
        let m = manifest("a", "1.0.0");
        let (at, code) = (format!("{folder}/package.json"), format!("{folder}/index.js"));
        let fake = Fake::default()
            .refs(&[("v1.0.0", 1), ("heads/main", 1)])
            .tree(1, &[(&at, m.as_str()), (&code, "1"), famous[0]])
            .blob(famous[0].1);
        let got = a(&[("package.json", &m), ("index.js", "1")], None, &fake).await;
        assert_eq!((got.class, got.source), (Class::Nomatch, None), "{folder}");
    }
}

#[tokio::test]
async fn a_workspace_is_a_source_wherever_it_lies() {
    let named = |workspaces: &str| format!("{{\"name\": \"famous\", \"workspaces\": {workspaces}}}");
    let (list, object) = (named("[\"test/*\"]"), named("{\"packages\": [\"test/**\", \"!test/b\"]}"));
    let (negated, other) = (named("[\"test/*\", \"!test/a\"]"), named("[\"packages/*\"]"));
    let famous = "{\"name\": \"famous\"}";
    for (root, expected) in [
        (vec![("package.json", list.as_str())], Tier::B),
        (vec![("package.json", object.as_str())], Tier::B),
        (vec![("package.json", negated.as_str())], Tier::C),
        (vec![("package.json", other.as_str())], Tier::C),
        (vec![("package.json", famous), ("pnpm-workspace.yaml", "packages:\n  - test/*\n")], Tier::B),
        (vec![("package.json", famous), ("pnpm-workspace.yaml", "packages: [test/*, '!test/a']\n")], Tier::C),
        (vec![("package.json", famous), ("lerna.json", "{\"packages\": [\"test/*\"]}")], Tier::B),
        (
            vec![
                ("package.json", famous),
                ("rush.json", "{/**/\"projects\": [{\"projectFolder\": \"test/a\"}]}"),
            ],
            Tier::B,
        ),
        (vec![("package.json", famous), ("workspace.json", "{\"projects\": {\"a\": \"test/a\"}}")], Tier::B),
        // A list in another folder than the root lists nothing.
        (vec![("package.json", famous), ("test/package.json", list.as_str())], Tier::C),
    ] {
        let got = published_from("test/a", &root, true).await;
        assert_eq!(got.tier, expected, "{root:?}: {:?}", got.reasons);
        assert_eq!(got.flags.is_empty(), expected == Tier::B, "{root:?}");
    }
}

/// What a tarball with this README, manifest and code gets where the repository has the README at `at`.
async fn document(
    at: &str,
    fields: &str,
    code: &str,
    more: &[(&str, &str)],
) -> headwater::source::Resolution {
    let m = format!("{{\"name\": \"a\", \"version\": \"1.0.0\", \"repository\": \"o/r\"{fields}}}\n");
    let mut tree = vec![("packages/a/package.json", m.as_str()), ("packages/a/index.js", code), (at, "text")];
    tree.extend(more);
    let fake = Fake::default().refs(&[("v1.0.0", 1)]).tree(1, &tree);
    a(&[("package.json", &m), ("index.js", code), ("README", "text")], None, &fake).await
}

#[tokio::test]
async fn documents_lie_elsewhere_where_nothing_speaks_against_it() {
    let got = document("README", "", "", &[]).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim));
    let files = [("README".to_owned(), "README".to_owned())].into();
    assert!(got.evidence.contains(&Evidence::Elsewhere { files }), "{:?}", got.evidence);
    assert!(explain(&got).contains("in another place of the repository (1): README is /README"));

    let run = ", \"scripts\": {\"postinstall\": \"sh README\"}";
    let bin = ", \"bin\": {\"a\": \"./README\"}";
    let main = ", \"main\": \"README\"";
    let exports = ", \"exports\": {\"./x\": {\"default\": \"./README\"}}";
    for (what, fields, code, more) in [
        ("a script runs it", run, "", &[][..]),
        ("bin", bin, "", &[]),
        ("main", main, "", &[]),
        ("exports", exports, "", &[]),
        ("code loads it", "", "require('./README')", &[]),
        ("code runs it", "", "spawn('sh', ['README'])", &[]),
        ("another file is there", "", "", &[("packages/a/README", "other")]),
        ("a link is there", "", "", &[(">packages/a/README", "../../docs/x")]),
        ("a folder is there", "", "", &[("packages/a/README/x", "1")]),
    ] {
        let got = document("README", fields, code, more).await;
        assert_eq!(got.tier, Tier::C, "{what}: {got:#?}");
        assert!(!got.evidence.iter().any(|one| matches!(one, Evidence::Elsewhere { .. })), "{what}");
    }
    // A link that leads to it is what the author put there.
    let linked = [(">packages/a/README", "../../docs/README")];
    let got = document("docs/README", ", \"main\": \"README\"", "", &linked).await;
    assert_eq!((got.tier, got.class), (Tier::B, Class::Verbatim), "{got:#?}");
}
