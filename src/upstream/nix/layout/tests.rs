use super::*;

/// Laid out already: nothing changes.
const FILES: [&str; 4] = [
    r#"{
  lib,
  buildNpmPackage,
  fetchFromGitHub,
}:

buildNpmPackage (finalAttrs: {
  pname = "foo";
  version = "1.2.3";

  src = fetchFromGitHub {
    owner = "o";
    tag = "v${finalAttrs.version}";
  };

  # Why it is so.
  npmFlags = [ "--ignore-scripts" ]; # and behind it

  nativeBuildInputs = [
    pkg-config
    # A comment between.
    python3
  ]
  ++ lib.optionals stdenv.hostPlatform.isDarwin [ cctools ];

  postPatch = ''
    cp ${./package-lock.json} package-lock.json

      deeper
  '';

  env.A_B = "1";
  passthru.updateScript = nix-update-script { };

  meta = {
    maintainers = with lib.maintainers; [ someone ];
    license = with lib.licenses; [
      mit
      asl20
    ];
    empty = { };
  };
})
"#,
    "{ python3Packages }:\n\npython3Packages.toPythonApplication python3Packages.foo\n",
    "{ lib, ... }@args:\nlet\n  inherit (lib) a b;\n  c = if a then b else c;\nin\na.b or c\n",
    "# A file begins with a comment.\nlib.foldl (a: b: a + b) 0 [\n  1\n  2\n]\n",
];

#[test]
fn what_is_laid_out_is_left_as_it_is() {
    for text in FILES {
        assert_eq!(layout(text).unwrap(), text);
    }
}

#[test]
fn the_layout_does_not_depend_on_the_white_space_of_the_source() {
    let loose = "{lib,\n  a}: f   (finalAttrs : {x=[ 1 2 ];y = [1];\n\n\n\n z = {a=1;b=2;}; e=[ ];u={};\n s = ''\n  a\n    b\n''; })";
    let expected = "{\n  lib,\n  a,\n}:\nf (finalAttrs: {\n  x = [\n    1\n    2\n  ];\n  y = [ 1 ];\n\n  z = {\n    a = 1;\n    b = 2;\n  };\n  e = [ ];\n  u = { };\n  s = ''\n    a\n      b\n  '';\n})\n";
    assert_eq!(layout(loose).unwrap(), expected);
    assert_eq!(layout(expected).unwrap(), expected);
}

#[test]
fn long_lines_are_broken_where_nixfmt_breaks_them() {
    let long = "x".repeat(98);
    let text = format!("{{\n  a = \"{long}\";\n  c = {long}.d;\n  inherit (lib) {long} b;\n}}\n");
    // A string has no place to be broken at.
    let expected = format!(
        "{{\n  a = \"{long}\";\n  c =\n    {long}.d;\n  inherit (lib)\n    {long}\n    b\n    ;\n}}\n"
    );
    assert_eq!(layout(&text).unwrap(), expected);
}

#[test]
fn what_is_not_known_is_refused() {
    for (text, says) in [
        ("{ a = ; }", "is no Nix"),
        ("/* a */ b", "comment between"),
        ("assert a; b", "NODE_ASSERT"),
        ("a.b # c\n .d", "comment"),
    ] {
        assert!(layout(text).unwrap_err().to_string().contains(says), "{text}");
    }
}

/// Files that nixfmt has laid out: `LAID_OUT=FOLDER cargo test --lib laid_out_by_nixfmt -- --ignored --nocapture`.
#[test]
#[ignore = "wants a folder of files that nixfmt has laid out"]
#[allow(clippy::disallowed_methods, reason = "a test reads files")]
fn what_is_laid_out_by_nixfmt_is_left_as_it_is() {
    let folder = std::env::var("LAID_OUT").expect("LAID_OUT names a folder");
    let (mut folders, mut same, mut unknown, mut other) = (vec![folder.into()], 0, 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir::<&std::path::PathBuf>(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "nix") {
                let text = std::fs::read_to_string(&path).unwrap();
                match layout(&text) {
                    Ok(out) if out == text => same += 1,
                    Ok(out) => {
                        let differs = text.lines().zip(out.lines()).find(|(one, two)| one != two);
                        other.push(format!("{}: {differs:?}", path.display()));
                    }
                    Err(_) => unknown += 1,
                }
            }
        }
    }
    println!("{same} the same, {unknown} not known, {} others:\n{}", other.len(), other.join("\n"));
    assert!(same > 0 && other.is_empty());
}
