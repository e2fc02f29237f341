//! Which packages are worth building again: the commit must be as sure as that of a package that is taken from one.

use crate::source::{Class, Evidence, FlagKind, Resolution, Source, Tier};

/// The source to build, or one sentence that says why the package is not built.
///
/// A commit that nothing leads to may be a fork's, and "builds" what somebody put there; one that holds built output
/// may be anybody's. A build that gives the registry's file proves nothing of such a commit.
pub fn eligible(resolution: &Resolution) -> Result<&Source, String> {
    let source = reached(resolution)?;
    if !states_version(resolution) {
        return Err("the package.json of its commit does not state this version".to_owned());
    }
    Ok(source)
}

/// The same of a package of Python, which may leave its version to the build: the commit's tag has it then.
///
/// # Errors
/// As for [`eligible`].
pub fn eligible_wheel(resolution: &Resolution) -> Result<&Source, String> {
    let source = reached(resolution)?;
    let is_left = |one: &Evidence| matches!(one, Evidence::Manifest { version: None, .. });
    let is_tag = |one: &Evidence| matches!(one, Evidence::Tag { .. });
    let has = |holds: fn(&Evidence) -> bool| resolution.evidence.iter().any(holds);
    let is_stated = states_version(resolution) || has(is_left) && has(is_tag);
    if !is_stated {
        return Err("neither the files of its commit nor a tag of it state this version".to_owned());
    }
    Ok(source)
}

fn states_version(resolution: &Resolution) -> bool {
    let states =
        |one: &Evidence| matches!(one, Evidence::Manifest { version: Some(_), .. } | Evidence::Given(_));
    resolution.evidence.iter().any(states)
}

/// The commit, where a branch or a tag leads to it and nothing speaks against it.
fn reached(resolution: &Resolution) -> Result<&Source, String> {
    let Some(source) = &resolution.source else {
        let why = resolution.reasons.first().map_or("no commit is known", String::as_str);
        return Err(format!("its commit is not known: {why}"));
    };
    if resolution.tier == Tier::X {
        return Err("the named repository does not hold this package".to_owned());
    }
    for (kind, why) in [
        (FlagKind::ArtifactBranch, "its commit is one that holds built output"),
        (FlagKind::Aside, "it lies in a folder of tests, examples or others' code"),
    ] {
        if resolution.flags.iter().any(|flag| flag.kind == kind) {
            return Err(why.to_owned());
        }
    }
    if !resolution.evidence.iter().any(|one| matches!(one, Evidence::Reachable { .. })) {
        return Err("no branch or tag leads to its commit".to_owned());
    }
    Ok(source)
}

/// Whether there is something to build: a package that is taken from its commit as it is needs no proof.
pub fn is_built(resolution: &Resolution) -> bool {
    resolution.class == Class::Built
}

/// Whether every file that is used is in the commit: there is nothing to build.
pub fn is_verbatim(resolution: &Resolution) -> bool {
    resolution.class == Class::Verbatim && resolution.tier <= Tier::B
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn resolution(change: impl FnOnce(&mut Value)) -> Resolution {
        let mut value = json!({
            "purl": "pkg:npm/x@1.0.0", "tier": "C", "class": "built", "flags": [], "reasons": ["dist/"],
            "evidence": [
                { "kind": "manifest", "path": "package.json", "name": "x", "version": "1.0.0", "identical": true },
                { "kind": "reachable", "how": { "tag": "v1.0.0" } },
            ],
            "source": {
                "repository": "https://git.example.org/o/r",
                "commit": "0303030303030303030303030303030303030303",
                "tag": "v1.0.0",
            },
            "files": { "identical": 2, "crlf": 0, "manifest": 1, "generated": 1, "differs": 0, "phantom": 0 },
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_commit_must_be_as_sure_as_one_that_is_taken() {
        type Change = fn(&mut Value);
        let cases: [(Change, Option<&str>); 7] = [
            (|_| (), None),
            (|value| value["source"] = Value::Null, Some("its commit is not known: dist/")),
            (|value| value["tier"] = "X".into(), Some("the named repository does not hold this package")),
            (
                |value| value["flags"] = json!([{ "kind": "artifact-branch", "paths": [] }]),
                Some("its commit is one that holds built output"),
            ),
            (
                |value| value["flags"] = json!([{ "kind": "aside", "paths": [] }]),
                Some("it lies in a folder of tests, examples or others' code"),
            ),
            (
                |value| _ = value["evidence"].as_array_mut().unwrap().pop(),
                Some("no branch or tag leads to its commit"),
            ),
            (
                |value| value["evidence"][0]["version"] = Value::Null,
                Some("the package.json of its commit does not state this version"),
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(eligible(&resolution(change)).err().as_deref(), expected);
        }
    }

    #[test]
    fn a_version_that_is_left_to_the_build_is_in_the_tag() {
        let why = |change: fn(&mut Value)| eligible_wheel(&resolution(change)).err();
        let tag = || json!({ "kind": "tag", "name": "v1.0.0", "scheme": "v{version}" });
        assert_eq!(why(|_| ()), None);
        let no_version =
            Some("neither the files of its commit nor a tag of it state this version".to_owned());
        assert_eq!(why(|value| value["evidence"][0]["version"] = Value::Null), no_version);
        assert_eq!(why(|value| _ = value["evidence"].as_array_mut().unwrap().remove(0)), no_version);
        let with_tag = resolution(|value| {
            value["evidence"][0]["version"] = Value::Null;
            value["evidence"].as_array_mut().unwrap().push(tag());
        });
        assert_eq!(eligible_wheel(&with_tag).err(), None);
        let no_manifest = resolution(|value| value["evidence"][0] = tag());
        assert_eq!(eligible_wheel(&no_manifest).err(), no_version);
        assert!(eligible(&with_tag).is_err(), "npm's manifest has a version");
    }
}
