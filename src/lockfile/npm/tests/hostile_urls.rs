//! URLs that would send whoever converts somewhere they did not mean to go.

use serde_json::json;

use super::*;
use crate::graph::npm::Origin;

fn resolved(url: &str) -> Result<Node, Vec<Problem>> {
    one(json!({ "resolved": url }))
}

#[test]
fn internal_addresses_are_refused_in_every_spelling() {
    for host in [
        "localhost",
        "LocalHost.",
        "a.localhost:8080",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::192.168.0.1]",
        "[fe80::1]",
        "[fd00::1]",
    ] {
        // The registry layout is no excuse.
        assert_eq!(code(resolved(&format!("http://{host}/dep/-/dep-1.0.0.tgz"))), "HW123", "{host}");
        assert_eq!(code(resolved(&format!("https://{host}/x.tgz"))), "HW123", "{host}");
    }
}

#[test]
fn public_addresses_are_not_refused() {
    for host in
        ["registry.example", "172.32.0.1", "11.0.0.1", "[2606:4700::1111]", "localhost.example", "10.example"]
    {
        assert!(resolved(&format!("https://{host}/x.tgz")).is_ok(), "{host}");
    }
}

#[test]
fn a_configured_registry_may_be_internal_but_only_there() {
    let trusted = ["http://127.0.0.1:4873/".parse().unwrap()];
    let read = |url: &str| {
        let text = json!({ "lockfileVersion": 3, "packages": {
            "": { "dependencies": { "dep": "1" } },
            "node_modules/dep": { "version": "1.0.0", "resolved": url } } });
        let options = Options { trusted_origins: &trusted, package: None };
        super::read("package-lock.json", &text.to_string(), &|_| None, &options)
    };
    let graph = read("http://127.0.0.1:4873/dep/-/dep-1.0.0.tgz").unwrap();
    assert!(matches!(graph.nodes[&at("node_modules/dep")].origin, Origin::Registry { url: Some(_) }));
    for other in
        ["http://127.0.0.1:4874/x.tgz", "https://127.0.0.1:4873/x.tgz", "http://127.0.0.2:4873/x.tgz"]
    {
        assert_eq!(code(read(other)), "HW123", "{other}");
    }
}

#[test]
fn other_schemes_are_refused() {
    for url in [
        "ftp://host.example/x.tgz",
        "data:application/gzip;base64,AA==",
        "javascript:1",
        "s3://b/x.tgz",
        "x.tgz",
    ] {
        assert_eq!(code(resolved(url)), "HW122", "{url}");
    }
}

#[test]
fn credentials_are_refused_and_not_shown() {
    for url in
        ["https://me:secret-token@registry.example/x.tgz", "https://secret-token@registry.example/x.tgz"]
    {
        let problems = resolved(url).unwrap_err();
        assert_eq!(problems[0].code(), "HW124");
        assert!(!format!("{problems:?}").contains("secret-token"));
    }
}

#[test]
fn text_that_url_parsers_would_change_is_refused() {
    for url in [
        "https://registry.ex\nample/x.tgz",
        "https://registry.example\\@evil.example/",
        "https://a b/",
        "https://",
    ] {
        assert_eq!(code(resolved(url)), "HW125", "{url:?}");
    }
}

#[test]
fn a_fragment_is_dropped() {
    let node = resolved("https://registry.example/dep/-/dep-1.0.0.tgz#abcdef").unwrap();
    let Origin::Registry { url: Some(url) } = node.origin else { panic!("{:?}", node.origin) };
    assert_eq!(url.as_str(), "https://registry.example/dep/-/dep-1.0.0.tgz");
}
