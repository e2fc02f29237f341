//! Fact 8: git dependencies in every spelling.

use serde_json::json;

use super::*;
use crate::graph::npm::Origin;

fn git(resolved: &str) -> Result<(String, Option<String>), Vec<Problem>> {
    let node = one(json!({ "resolved": resolved, "integrity": SHA512 }))?;
    assert_eq!(node.integrity, None, "it is of a tarball that npm packed");
    match node.origin {
        Origin::Git { url, commit, subdirectory } => {
            assert_eq!(commit, COMMIT);
            Ok((url, subdirectory))
        }
        other => panic!("{resolved}: {other:?}"),
    }
}

#[test]
fn fact_08_hosted_repositories_get_their_public_address() {
    for spelling in [
        "git+ssh://git@github.com/o/r.git#",
        "git+https://github.com/o/r.git#",
        "git+https://git@github.com/o/r.git#",
        "git://github.com/o/r.git#",
        "git+http://github.com/o/r#",
        "ssh://git@github.com/o/r.git#",
        "git+ssh://git@github.com:o/r.git#",
        "git@github.com:o/r.git#",
        "https://github.com/o/r.git#",
        "https://github.com/o/r#",
        "github:o/r#",
        "o/r#",
    ] {
        let read = git(&format!("{spelling}{COMMIT}")).unwrap();
        assert_eq!(read, ("https://github.com/o/r".to_owned(), None), "{spelling}");
    }
    let gitlab = git(&format!("gitlab:group/r#{}", COMMIT.to_uppercase())).unwrap();
    assert_eq!(gitlab.0, "https://gitlab.com/group/r");
    assert_eq!(git(&format!("gist:abc123#{COMMIT}")).unwrap().0, "https://gist.github.com/abc123");
}

#[test]
fn fact_08_other_hosts_keep_theirs() {
    for (spelling, url) in [
        ("git+ssh://git@git.example:2222/o/r.git#", "ssh://git@git.example:2222/o/r.git"),
        ("git+ssh://git@git.example:o/r.git#", "ssh://git@git.example/o/r.git"),
        ("deploy@git.example:team/r.git#", "ssh://deploy@git.example/team/r.git"),
        ("git+https://git.example/a/b/r.git#", "https://git.example/a/b/r.git"),
        ("https://git.example/r.git#", "https://git.example/r.git"),
    ] {
        assert_eq!(git(&format!("{spelling}{COMMIT}")).unwrap().0, url, "{spelling}");
    }
}

#[test]
fn fact_08_a_committish_may_have_a_range_and_a_path() {
    let read = git(&format!("git+ssh://git@github.com/o/r.git#{COMMIT}::path:packages/a")).unwrap();
    assert_eq!(read.1.as_deref(), Some("packages/a"));
    let read = git(&format!("github:o/r#semver:^1.0.0::{COMMIT}")).unwrap();
    assert_eq!(read.1, None);
    let out = git(&format!("github:o/r#{COMMIT}::path:../../x"));
    assert_eq!(code(out), "HW121");
    assert_eq!(code(git(&format!("github:o/r#{COMMIT}::{COMMIT}"))), "HW121");
}

#[test]
fn fact_08_anything_but_a_full_commit_is_unpinned() {
    for committish in ["", "#", "#main", "#v1.0.0", "#0123456", "#semver:^1.0.0", &format!("#{COMMIT}0")] {
        assert_eq!(
            code(git(&format!("git+ssh://git@github.com/o/r.git{committish}"))),
            "HW120",
            "{committish}"
        );
    }
    let word = "z".repeat(40);
    assert_eq!(code(git(&format!("github:o/r#{word}"))), "HW120");
}

#[test]
fn hostile_git_addresses_are_refused() {
    for (address, expected) in [
        ("git+file:///etc/r.git", "HW121"),
        ("git+rsync://git.example/r.git", "HW121"),
        ("git+ssh://-oProxyCommand=x/r.git", "HW121"),
        ("git+https://git.example/r.git`id`", "HW121"),
        ("git+https://git.example/${x}.git", "HW121"),
        ("git+https://git.example", "HW121"),
        ("git+https://127.0.0.1/o/r.git", "HW123"),
        ("git+ssh://git@2130706433/o/r.git", "HW123"),
        ("git+ssh://git@[::1]/o/r.git", "HW121"),
        ("git@localhost:o/r.git", "HW123"),
        ("git+https://secret-token@github.com/o/r.git", "HW124"),
        ("git+https://me:secret-token@git.example/o/r.git", "HW124"),
        ("git+ssh://git:secret-token@git.example/o/r.git", "HW124"),
    ] {
        let result = git(&format!("{address}#{COMMIT}"));
        let problems = result.clone().unwrap_err();
        assert!(!problems[0].message.contains("secret-token"), "{}", problems[0].message);
        assert_eq!(code(result), expected, "{address}");
    }
}
