use super::*;
use crate::hash::{Algorithm, Integrity, NarHash};

const OLD: &str = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

fn new() -> Integrity {
    Integrity::of(Algorithm::Sha256, b"new")
}

fn release(version: &str, reference: &str) -> Release {
    let npm_deps = Some(NarHash([7; 32]));
    Release {
        version: version.to_owned(),
        reference: reference.to_owned(),
        source: new(),
        npm_deps,
        crates: Some(NarHash([8; 32])),
        came: Vec::new(),
        went: Vec::new(),
    }
}

/// The file for the next release, and the lines that changed.
fn changed(text: &str, release: &Release) -> Result<Vec<String>, String> {
    let definition = Definition::of_nixpkgs(text).map_err(|refusal| refusal.to_string())?;
    let new = edited(&definition, release).map_err(|refusal| refusal.to_string())?;
    assert_eq!(text.lines().count(), new.lines().count());
    let both = text.lines().zip(new.lines());
    Ok(both.filter(|(old, new)| old != new).map(|(_, new)| new.trim().to_owned()).collect())
}

fn lines(version: &str, others: &[&str]) -> Vec<String> {
    let mut lines = vec![version.to_owned()];
    lines.extend(others.iter().map(|line| (*line).to_owned()));
    lines
}

#[test]
fn every_way_to_write_a_release() {
    let new = new();
    let (sri, base32, hex) =
        (format!("hash = \"{new}\";"), format!("sha256 = \"{}\";", new.nix_base32()), new.hex());
    let old = Integrity::strongest(OLD).unwrap();
    let nix32 = old.nix_base32();
    let github = r#"owner = "o"; repo = "r";"#;
    for (file, expected) in [
        (
            format!(
                "f (finalAttrs: {{\n  version = \"1.2.3\";\n  src = fetchFromGitHub {{\n {github}\n tag = \"v${{finalAttrs.version}}\";\n hash = \"{OLD}\";\n  }};\n}})\n"
            ),
            lines("version = \"2.0.0\";", &[&sri]),
        ),
        (
            format!(
                "f rec {{\n version = \"1.2.3\"; # keep\n\tsrc = pkgs.fetchFromGitHub {{ {github}\n rev = \"v${{version}}\";\n sha256 = \"{nix32}\";\n }}; }}"
            ),
            lines("version = \"2.0.0\"; # keep", &[&base32]),
        ),
        (
            format!(
                "let\n  version = \"1.2.3\";\n  hash = \"{OLD}\";\n src = fetchFromGitHub {{ {github} inherit hash; rev = \"v1.2.3\"\n; }};\nin f {{ inherit version src; }}"
            ),
            lines(
                "version = \"2.0.0\";",
                &[&sri, &format!("src = fetchFromGitHub {{ {github} inherit hash; rev = \"v2.0.0\"")],
            ),
        ),
        (
            "f (self: { version = \"1.2.3\"\n; src = fetchgit { url = \"https://github.com/o/r\"; tag = self.version\n; hash = lib.fakeHash\n; }; })".to_owned(),
            lines(
                "f (self: { version = \"2.0.0\"",
                &[
                    "; src = fetchgit { url = \"https://github.com/o/r\"; tag = \"v${self.version}\"",
                    &format!("; hash = \"{new}\""),
                ],
            ),
        ),
        (
            format!(
                "f rec {{\n version = \"1.2.3\";\n src = fetchzip {{\n url = \"https://github.com/o/r/archive/v${{version}}.tar.gz\";\n sha256 = \"sha256:{}\"; }};\n}}",
                old.hex()
            ),
            lines("version = \"2.0.0\";", &[&format!("sha256 = \"{hex}\"; }};")]),
        ),
        (
            format!(
                "f rec {{\n version = \"1.2.3\";\n src = fetchFromGitHub {{ {github}\n rev = \"release-${{version}}\";\n hash = \"\";\n }};\n meta.changelog = \"https://a/v1.2.3\";\n}}"
            ),
            lines(
                "version = \"2.0.0\";",
                &["rev = \"v${version}\";", &sri, "meta.changelog = \"https://a/v2.0.0\";"],
            ),
        ),
    ] {
        assert_eq!(changed(&file, &release("2.0.0", "v2.0.0")).as_ref(), Ok(&expected), "{file}");
    }
}

/// What said why a hash was open goes with it; what people wrote stays.
#[test]
fn the_comment_on_an_open_hash() {
    let file = |comment: &str, hash: &str| {
        let src =
            format!("owner = \"o\";\n repo = \"r\";\n rev = \"v${{version}}\";\n{comment} hash = {hash};");
        format!("f rec {{\n version = \"1.2.3\";\n # TODO: look\n src = fetchFromGitHub {{\n {src}\n }};\n}}")
    };
    let whole = |text: &str| {
        let definition = Definition::of_nixpkgs(text).unwrap();
        edited(&definition, &release("2.0.0", "v2.0.0")).unwrap()
    };
    let new = format!("\"{}\"", new());
    for (before, hash, after) in [
        (" # TODO: not computed: gone.tgz\n # is gone\n", "lib.fakeHash", ""),
        (" # why\n # TODO: not computed: x\n", "lib.fakeHash", " # why\n"),
        (" # why\n", "lib.fakeHash", " # why\n"),
        (" # TODO: not computed: x\n", &format!("\"{OLD}\""), " # TODO: not computed: x\n"),
    ] {
        let expected = file(after, &new).replace("1.2.3", "2.0.0");
        assert_eq!(whole(&file(before, hash)), expected);
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let src = |more: &str| {
        format!(
            "src = fetchFromGitHub {{ owner = \"o\"; repo = \"r\"; rev = version; hash = \"{OLD}\"; {more} }};"
        )
    };
    let plain = src("");
    for (file, expected) in [
        ("{ a = 1; }".to_owned(), "line 1: no package with a `src` is defined here"),
        (format!("f rec {{ {plain} }}"), "line 1: the package has no `version`"),
        (format!("f rec {{\n version = lib.head [ ]; {plain} }}"), "line 2: the version is computed"),
        (format!("f rec {{\n version = \"1.${{\"2\"}}\"; {plain} }}"), "line 2: the version is computed"),
        (
            format!("f rec {{ version = \"1.0\";\n\n {} }}", src("postFetch = \"x\";")),
            "line 3: fetchFromGitHub is given `postFetch`",
        ),
        (
            format!("f rec {{ version = \"1.0\"; {plain}\n vendorHash = \"{OLD}\"; }}"),
            "line 2: `vendorHash` follows",
        ),
        (
            format!(
                "f rec {{ version = \"1.0\"; {plain}\n\n x = fetchurl {{ url = \"https://a/${{version}}\"; hash = \"{OLD}\"; }}; }}"
            ),
            "line 3: `hash` follows",
        ),
        (
            format!(
                "let base = \"a-${{version}}\"; version = \"1.0\"; in f {{ inherit version; {plain}\n x = fetchurl {{ url = base; hash = \"{OLD}\"; }}; }}"
            ),
            "line 2: `hash` follows",
        ),
        ("f rec { version = \"1.0\"; src = ./x; }".to_owned(), "line 1: src is no call of a fetcher"),
        (
            format!(
                "f rec {{ version = \"1.0\"; src = fetchurl {{\n url = \"https://a.example/x-${{version}}.tar.gz\"; hash = \"{OLD}\"; }}; }}"
            ),
            "line 2: the address is neither",
        ),
        (
            format!("f rec {{ version = \"1.0\"; {} }}", src("sha256 = \"x\";")),
            "line 1: fetchFromGitHub has 2 hashes",
        ),
        (
            format!(
                "[ (f rec {{ version = \"1.0\"; {plain} }})\n (f rec {{ version = \"1.0\"; {plain} }}) ]"
            ),
            "line 2: it defines several",
        ),
        (
            format!(
                "f rec {{ version = \"1.0\"; {plain} npmDepsHash = \"{OLD}\"; npmDepsFetcherVersion = 2; }}"
            ),
            "line 1: fetcher version 2",
        ),
        (
            format!(
                "f rec {{ version = \"1.0\"; {plain} npmDepsHash = \"{OLD}\"; postPatch = ''\n x\n jq . package-lock.json\n''; }}"
            ),
            "line 3: `postPatch` changes the lockfile",
        ),
    ] {
        let found = changed(&file, &release("2.0.0", "2.0.0")).unwrap_err();
        assert!(found.starts_with(expected), "{found}\n{file}");
    }
    let file = format!("f rec {{ version = \"1.0\"; {plain} }}");
    assert!(changed(&file, &release("2\"; x", "2")).is_err());
}

#[test]
fn the_lockfile_of_the_dependencies() {
    let src = format!(
        "src = fetchFromGitHub {{ owner = \"o\"; repo = \"r\"; rev = finalAttrs.version; hash = \"{OLD}\"; }};"
    );
    let hash = format!("npmDepsHash = \"{OLD}\";");
    for (rest, folder, workspace, vendored) in [
        (hash.clone(), "", None, None),
        (format!("{hash} sourceRoot = \"${{finalAttrs.src.name}}/web/app\";"), "web/app", None, None),
        (format!("{hash} sourceRoot = \"source/web\";"), "web", None, None),
        (format!("{hash} npmWorkspace = \"packages/a\";"), "", Some("packages/a"), None),
        (
            format!("{hash} postPatch = ''\n    cp ${{./package-lock.json}} package-lock.json\n  '';"),
            "",
            None,
            Some("./package-lock.json"),
        ),
        (
            format!(
                "{hash} postPatch = ''\n    ln -s ${{./lock.json}} ./package-lock.json\n    substituteInPlace package.json --replace-fail a b\n  '';"
            ),
            "",
            None,
            Some("./lock.json"),
        ),
        (
            format!("npmDeps = fetchNpmDeps {{ inherit (finalAttrs) src; hash = \"{OLD}\"; }};"),
            "",
            None,
            None,
        ),
        (
            format!("npmDeps = fetchNpmDeps {{ src = \"${{finalAttrs.src}}/ui\"; hash = \"{OLD}\"; }};"),
            "ui",
            None,
            None,
        ),
        (
            format!(
                "ui = buildNpmPackage {{ inherit (finalAttrs) version src; sourceRoot = \"${{finalAttrs.src.name}}/ui\"; {hash} }};"
            ),
            "ui",
            None,
            None,
        ),
    ] {
        let file = format!("f (finalAttrs: {{ version = \"1.0\"; {src} {rest} }})");
        let definition = Definition::of_nixpkgs(&file).unwrap_or_else(|refusal| panic!("{refusal}\n{file}"));
        let npm = definition.npm.as_ref().unwrap();
        assert_eq!(
            (npm.folder.as_str(), npm.workspace.as_deref(), npm.vendored.as_deref()),
            (folder, workspace, vendored)
        );
        let new = edited(&definition, &release("1.1", "1.1")).unwrap();
        assert!(new.contains(&NarHash([7; 32]).sri()) && !new.contains(OLD), "{new}");
    }
}

#[test]
fn other_downloads_stay() {
    let file = format!(
        "{{ fetchpatch }}: let data = fetchurl {{ url = \"https://a.example/x\"; hash = \"{OLD}\"; }}; in f rec {{ version = \"1.0\";\n\
         src = fetchFromGitHub {{ owner = \"o\"; repo = \"r\"; rev = version; hash = \"{OLD}\"; }};\n\
         patches = [ ./a.patch\n (fetchpatch {{ url = \"https://a.example/y\"; hash = \"{OLD}\"; }}) ]; }}"
    );
    let definition = Definition::of_nixpkgs(&file).unwrap();
    assert_eq!(definition.notes.len(), 2, "{:?}", definition.notes);
    assert_eq!(definition.patches, ["./a.patch"]);
    assert_eq!(edited(&definition, &release("1.1", "1.1")).unwrap().matches(OLD).count(), 2);
    let own = format!(
        "let helper = g rec {{ version = \"1.0\"; src = fetchPypi {{ inherit version; hash = \"{OLD}\"; }}; cargoHash = \"{OLD}\"; }};\n\
         in f (self: {{ version = \"1.0\"; inputs = [ helper ];\n\
         src = fetchFromGitHub {{ owner = \"o\"; repo = \"r\"; rev = self.version; hash = \"{OLD}\"; }}; }})"
    );
    let definition = Definition::of_nixpkgs(&own).unwrap();
    assert_eq!(definition.notes.len(), 2, "{:?}", definition.notes);
    let patch = "--- a/src/x.js\t2024\n+++ b/src/x.js\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/new.js\n";
    assert_eq!(changed_by(patch).into_iter().collect::<Vec<_>>(), ["new.js", "src/x.js"]);
}

const GUIX: &str = r#";;; Copyright
(define-module (gnu packages node-xyz))

(define-public node-other
  (package (name "node-other") (version "1.2.3")))

(define-public node-tool
  (package
    (name "node-tool")
    (version "1.2.3")                   ;keep
    (source
     (origin
       (method git-fetch)
       (uri (git-reference
              (url "https://github.com/example/tool")
              (commit (string-append "v" version))))
       (file-name (git-file-name name version))
       (sha256
        (base32 "0000000000000000000000000000000000000000000000000001"))))
    (build-system node-build-system)))
"#;

#[test]
fn a_definition_of_guix() {
    let definition = Definition::of_guix(GUIX, Some("node-tool")).unwrap();
    let Origin::Repository { repository, reference, is_cloned, .. } = &definition.source.origin else {
        panic!()
    };
    assert_eq!((repository.0.as_str(), *is_cloned), ("https://github.com/example/tool", true));
    assert_eq!(reference.named(), "v1.2.3");
    let new = edited(&definition, &release("2.0.0", "v2.0.0")).unwrap();
    let lines: Vec<_> =
        GUIX.lines().zip(new.lines()).filter(|(old, new)| old != new).map(|(_, new)| new.trim()).collect();
    let hash = self::new().nix_base32();
    assert_eq!(lines, ["(version \"2.0.0\")                   ;keep", &format!("(base32 \"{hash}\"))))")]);
    let refused = |text: &str, name| Definition::of_guix(text, name).unwrap_err().to_string();
    assert!(refused(GUIX, None).contains("it defines 2 packages"), "{}", refused(GUIX, None));
    assert!(refused(GUIX, Some("node-none")).contains("no package node-none"));
    assert!(refused("(package (name \"a\"", None).contains("is no Scheme"));
    let computed = GUIX.replace("(version \"1.2.3\")   ", "(version (git-version \"1\" \"0\" commit))   ");
    assert!(refused(&computed, Some("node-tool")).contains("version is computed"));
    let patched = GUIX.replace("(method git-fetch)", "(method git-fetch) (snippet #~(begin #t))");
    let definition = Definition::of_guix(&patched, Some("node-tool")).unwrap();
    assert_eq!(definition.notes, ["the origin has `snippet`: look whether it still fits"]);
    let other = GUIX.replace("\"v\" version", "\"release-\" version");
    let definition = Definition::of_guix(&other, Some("node-tool")).unwrap();
    assert!(edited(&definition, &release("2.0.0", "v2.0.0")).is_err());
}

#[test]
fn archives_that_guix_downloads() {
    let of = |uri: &str| {
        let text = format!(
            "(define-public python-tool (package (name \"python-tool\") (version \"1.2.3\") (source (origin (method url-fetch) \
             (uri {uri}) (sha256 (base32 \"0000000000000000000000000000000000000000000000000001\")))) \
             (build-system pyproject-build-system)))"
        );
        Definition::of_guix(&text, None).map(|definition| definition.source.origin)
    };
    let Ok(Origin::Pypi { name, version }) = of("(pypi-uri \"Tool_x\" version)") else { panic!() };
    assert_eq!((name.as_str(), version.to_string()), ("tool-x", "1.2.3".to_owned()));
    let tarball = "(string-append \"https://r.example/@s/tool/-/tool-\" version \".tgz\")";
    let Ok(Origin::Npm { name, .. }) = of(tarball) else { panic!() };
    assert_eq!(name.as_str(), "@s/tool");
    assert!(of("(string-append \"https://a.example/\" version \".tar.gz\")").is_err());
    assert!(of("(f version)").is_err());
}

#[test]
fn the_crates_of_the_source() {
    let src = format!(
        "src = fetchFromGitHub {{ owner = \"o\"; repo = \"r\"; rev = finalAttrs.version; hash = \"{OLD}\"; }};"
    );
    let vendor = |more: &str| {
        format!(
            "cargoDeps = rustPlatform.fetchCargoVendor {{ inherit (finalAttrs) pname version src; {more} hash = \"{OLD}\"; }};"
        )
    };
    for (rest, folder) in [
        (vendor(""), ""),
        (vendor("cargoRoot = \"rust\";"), "rust"),
        (vendor("sourceRoot = \"${finalAttrs.src.name}/a\"; cargoRoot = \"b\";"), "a/b"),
        (format!("cargoHash = \"{OLD}\";"), ""),
    ] {
        let file = format!("f (finalAttrs: {{ pname = \"a\"; version = \"1.0\"; {src} {rest} }})");
        let definition = Definition::of_nixpkgs(&file).unwrap_or_else(|refusal| panic!("{refusal}\n{file}"));
        assert_eq!(definition.cargo.as_ref().unwrap().folder, folder, "{file}");
        let new = edited(&definition, &release("1.1", "1.1")).unwrap();
        assert!(new.contains(&NarHash([8; 32]).sri()) && !new.contains(OLD), "{new}");
    }
    let patched = format!(
        "f (finalAttrs: {{ version = \"1.0\"; {src} cargoHash = \"{OLD}\"; cargoPatches = [ ./a.patch ]; }})"
    );
    let refusal = Definition::of_nixpkgs(&patched).unwrap_err();
    assert!(refusal.why.contains("`cargoPatches` may change"), "{refusal}");
}
