//! Commits found by the version that they set.

use super::*;

fn manifest(version: &str, more: &str) -> String {
    format!("{{\"name\": \"a\", \"version\": \"{version}\", \"more\": \"{more}\"}}\n")
}

#[tokio::test]
async fn commits_that_set_a_version_newest_first() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let set = |version: &str, more: &str| {
        commit(&path, &[("p/package.json", &manifest(version, more)), ("big", more)])
    };
    let first = set("1.0.0", "first");
    let bump = set("1.1.0", "bump");
    // The version stays: this commit did not set it.
    set("1.1.0", "later");
    set("1.2.0", "next");
    let again = set("1.1.0", "back");
    let git = forge.git();
    let a = repository("a");
    let found = |version: &'static str| {
        let (git, a) = (git.clone(), a.clone());
        async move { git.set_version(&a, "p/package.json", version).await.unwrap() }
    };
    assert_eq!(found("1.0.0").await, [first]);
    assert_eq!(found("1.1.0").await, [again, bump]);
    assert_eq!(found("2.0.0").await, []);
    assert_eq!(git.set_version(&a, "package.json", "1.0.0").await, Ok(Vec::new()));
}

#[tokio::test]
async fn only_what_a_branch_or_tag_leads_to_and_only_the_manifests_blobs() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("package.json", &manifest("1.0.0", "")), ("large.js", "not asked for\n")]);
    let large = run(&path, &["rev-parse", "HEAD:large.js"]);
    let stray = commit(&path, &[("package.json", &manifest("9.9.9", ""))]);
    run(&path, &["update-ref", "refs/pull/1/head", &stray.to_string()]);
    run(&path, &["reset", "--quiet", "--hard", &first.to_string()]);
    let git = forge.git();
    let a = repository("a");
    assert_eq!(git.set_version(&a, "package.json", "1.0.0").await, Ok(vec![first]));
    assert_eq!(git.set_version(&a, "package.json", "9.9.9").await, Ok(Vec::new()));
    let folder = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let kept = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("-manifests1.git"));
    let there = Command::new("git")
        .arg("--git-dir")
        .arg(kept.unwrap())
        .args(["cat-file", "-e", &large])
        .env("GIT_NO_LAZY_FETCH", "1")
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(!there.success(), "a blob that nobody asked for was fetched");
}
