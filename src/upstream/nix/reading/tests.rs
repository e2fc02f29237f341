use rnix::SyntaxKind::NODE_APPLY;

use super::*;

/// What `found` stands for in a file: the text, and the texts of its pieces that stand in one place.
fn found(file: &str) -> Option<(String, Vec<String>)> {
    let file = File::parse(file).unwrap();
    let is_it = |node: &SyntaxNode| names_of(node) == ["found"];
    let binding = file.root.descendants().find(is_it).unwrap();
    let text = text(&binding.children().nth(1).unwrap())?;
    let places = text.0.iter().filter_map(|piece| Some(file.text[piece.at.clone()?].to_owned()));
    Some((text.to_string(), places.collect()))
}

#[test]
fn what_a_text_stands_for() {
    for (file, expected, places) in [
        (r#"{ found = "a"; }"#, "a", &["a"][..]),
        (r#"rec { version = "1.2"; found = "v${version}"; }"#, "v1.2", &["v", "1.2"]),
        (r#"f (self: { version = "1.2"; found = self.version; })"#, "1.2", &["1.2"]),
        (r#"let version = "1"; in f { inherit version; found = "v" + version; }"#, "v1", &["v", "1"]),
        (
            r#"f (s: { src = g { tag = "v${s.version}"; }; version = "1"; found = s.src.tag; })"#,
            "v1",
            &["v", "1"],
        ),
        (r#"f (s: { version = "1"; src = g { inherit (s) version; found = version; }; })"#, "", &[]),
        (r#"f (s: rec { v = "1"; src = g rec { inherit (s) v; found = v; }; })"#, "1", &["1"]),
        (r#"{ version ? "3" }: f { found = version; }"#, "3", &["3"]),
        ("{ found = https://a.example/x; }", "https://a.example/x", &["https://a.example/x"]),
        ("{ found = ''one''; }", "one", &["one"]),
        (r#"{ found = "a\"b"; }"#, "a\"b", &[]),
        // Computed, from outside, or in a circle.
        (r#"{ found = lib.removePrefix "v" "v1"; }"#, "", &[]),
        (r#"{ version }: rec { found = version; }"#, "", &[]),
        (r#"let version = "1"; in { version }: { found = version; }"#, "", &[]),
        (r#"rec { a = found; found = a; }"#, "", &[]),
        ("{ found = ''\n  one\n''; }", "", &[]),
    ] {
        let (text, at) = found(file).unwrap_or_default();
        assert_eq!(
            (text.as_str(), at),
            (expected, places.iter().map(|at| (*at).to_owned()).collect()),
            "{file}"
        );
    }
}

#[test]
fn texts_of_texts_end() {
    let many: String = (0..60).map(|at| format!("a{at} = \"${{a{0}}}${{a{0}}}\"; ", at + 1)).collect();
    assert_eq!(found(&format!("rec {{ found = a0; {many} a60 = \"\"; }}")), None);
    assert!(File::parse(&"(".repeat(100_000)).is_err());
    assert!(File::parse(&"a: ".repeat(100_000)).is_err());
    assert_eq!(File::parse("{\n  a = ;\n}").unwrap_err().line, 2);
}

#[test]
fn functions_and_what_they_are_given() {
    for (file, name, version) in [
        ("f rec { version = \"1\"; }", "f", true),
        ("pkgs.a.f (self: { version = \"1\"; })", "f", true),
        ("f.override { x = 1; } { version = \"1\"; }", "override", true),
        ("f x", "f", false),
    ] {
        let file = File::parse(file).unwrap();
        let apply = file.root.descendants().find(|node| node.kind() == NODE_APPLY).unwrap();
        assert_eq!(function(&apply).as_deref(), Some(name));
        let version_there = argument(&apply).and_then(|set| attribute(&set, &["version"])).is_some();
        assert_eq!(version_there, version, "{}", file.text);
    }
}

#[test]
fn only_what_is_named_changes() {
    let text = "a = \"1\"; # ü\nb = \"1\";\r\n";
    let mut edits = Edits::default();
    edits.replace(5..6, "22");
    assert_eq!(edits.applied(text).unwrap(), "a = \"22\"; # ü\nb = \"1\";\r\n");
    edits.insert(5, "a");
    edits.insert(5, "b");
    assert_eq!(edits.applied(text).unwrap(), "a = \"ab22\"; # ü\nb = \"1\";\r\n");
    edits.replace(4..7, "x");
    assert_eq!(edits.applied(text), None);
}
