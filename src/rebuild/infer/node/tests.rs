use serde_json::json;

use super::super::tests::{files, subject};
use super::*;

/// A package set, by the major version of its own Node and those of the others.
fn nodes(own: u64, others: &[u64]) -> Option<Nodes> {
    Some(Nodes { own, others: others.iter().copied().collect() })
}

fn chosen(manifest: Value, texts: &[(&str, &str)], subject: &Subject, release: Option<&Release>) -> Choice {
    let mut files = files(&[("package.json", manifest)]);
    files.texts.extend(texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    node(&Repository::new(&files), subject, release)
}

#[test]
fn the_engines_exclude_some() {
    for (engines, own, expected) in [
        (json!({ "node": ">=18" }), 20, None),
        (json!({ "node": ">=22" }), 20, Some("nodejs_24")),
        (json!({ "node": "^20.19 || ^22.12" }), 24, Some("nodejs_22")),
        (json!({ "node": "^12" }), 20, None),
        (json!({ "node": "nonsense ##" }), 20, None),
        (json!({}), 20, None),
    ] {
        let package = Subject { nodes: nodes(own, &[20, 22, 24]), ..subject("") };
        let found = chosen(json!({ "engines": engines }), &[], &package, None);
        assert_eq!(found.attribute.as_deref(), expected, "{engines} {own}");
    }
}

#[test]
fn what_is_named_is_taken_where_it_is_there() {
    let release = Release { place: "publish.yml".to_owned(), node: Some(22), ..Release::default() };
    let volta = json!({ "volta": { "node": "18.20.1" } });
    let runtime = json!({ "devEngines": { "runtime": { "name": "node", "version": "^22.1.0" } } });
    let old = json!({ "engines": { "node": ">=20" } });
    let cases = [
        (json!({}), vec![], None, None, ""),
        (volta.clone(), vec![], None, None, "Node 18 of package.json"),
        (runtime, vec![], None, None, "Node 22 of package.json"),
        (json!({}), vec![(".nvmrc", "lts/jod\n")], None, None, "Node 22 of .nvmrc"),
        (json!({}), vec![(".nvmrc", "v20.1.0")], None, None, ""),
        (
            volta.clone(),
            vec![(".tool-versions", "ruby 3\nnodejs 22.1.0\n")],
            None,
            None,
            "Node 22 of .tool-versions",
        ),
        (volta, vec![], None, Some(&release), "Node 22 of publish.yml"),
        (json!({}), vec![], Some(18), Some(&release), "Node 18 of the registry's document"),
        // Nobody can have published with one that `engines` excludes, or uses one that is not there.
        (old, vec![], Some(18), Some(&release), "Node 22 of publish.yml"),
    ];
    for (manifest, texts, published_on, release, because) in cases {
        let package = Subject { nodes: nodes(20, &[18, 20, 22]), published_on, ..subject("") };
        let found = chosen(manifest, &texts, &package, release);
        assert_eq!(found.because.unwrap_or_default(), because);
        let major = because.strip_prefix("Node ").and_then(|text| text.split(' ').next());
        assert_eq!(found.attribute, major.map(|major| format!("nodejs_{major}")));
    }
}

#[test]
fn one_that_is_not_there_is_told() {
    let package = Subject { nodes: nodes(24, &[22]), published_on: Some(16), ..subject("") };
    let found = chosen(json!({}), &[], &package, None);
    assert_eq!(found.attribute, None);
    let said = "the registry's document says Node 16; Node 24 of the package set is used";
    assert_eq!(found.remark.as_deref(), Some(said));
    // Nobody asked what the package set has.
    assert_eq!(chosen(json!({}), &[], &Subject { nodes: None, ..package }, None), Choice::default());
}

#[test]
fn the_package_counts_more_than_the_root() {
    let package = Subject { nodes: nodes(20, &[18, 22]), ..subject("packages/a") };
    let texts = [(".nvmrc", "22"), ("packages/a/.nvmrc", "18")];
    assert_eq!(chosen(json!({}), &texts, &package, None).attribute.as_deref(), Some("nodejs_18"));
}

#[test]
fn texts_that_mean_one_release() {
    for (text, expected) in [
        ("20", Some(20)),
        ("v20.11.0\n", Some(20)),
        ("20.x", Some(20)),
        ("^20.19.0", Some(20)),
        ("lts/Iron", Some(20)),
        ("lts/*", None),
        ("node", None),
        (">=20", None),
        ("20 || 22", None),
        ("20.1 - 22", None),
        ("20-alpine", None),
        ("${{ matrix.node }}", None),
        ("99999999999999999999999", None),
        ("", None),
    ] {
        assert_eq!(major(text), expected, "{text}");
    }
}
