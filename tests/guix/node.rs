//! Packages for Node as a person would define them: built with their inputs, offline, and run.

use serde_json::json;

use crate::filled;
use crate::support::forge::Forge;
use crate::support::guix::Guix;
use crate::support::nonce;
use crate::support::package::package;
use crate::support::registry::Registry;

const MODULE: &str = include_str!("node/packages.scm");

/// The folder of modules: packages of a registry, one of them an addon, and one of a commit.
fn modules(guix: &Guix, registry: &Registry, forge: &Forge) -> String {
    // What must not run: `build` here, `prepare` when a dependent copies this package.
    let scripts = json!({
        "scripts": { "build": "exit 1", "prepare": "exit 1", "test": "exit 1" },
        "devDependencies": { "absent": "^1" },
    });
    let index = format!("// {}\nmodule.exports = name => `Hello, ${{name}}`;\n", nonce());
    let words = package("words", "1.0.0", scripts, &[("index.js", &index)]);
    let dependencies = json!({ "dependencies": { "words": "^1.0.0", "@shout/loud": "^1.0.0" } });
    let index = "module.exports = name => require('@shout/loud')(require('words')(name));\n";
    let greet = package("greet", "2.0.0", dependencies, &[("index.js", index)]);
    let gyp = r#"{ "targets": [{ "target_name": "answer", "sources": ["answer.c"] }] }"#;
    let code = format!("{}// {}\n", include_str!("node/answer.c"), nonce());
    let index = "console.log(require('./build/Release/answer.node').answer);\n";
    let files = [("binding.gyp", gyp), ("answer.c", &code), ("index.js", index)];
    let answer = package("answer", "1.0.0", json!({}), &files);
    for package in [&words, &greet, &answer] {
        registry.publish(package);
    }
    let repository = forge.repository("node/loud");
    let commit = repository.commit(
        &[
            ("package.json", r#"{ "name": "@shout/loud", "version": "1.0.0" }"#),
            ("index.js", "module.exports = text => `${text}!`;\n"),
        ],
        "loud",
    );
    let address = format!("https://github.com/node/{}", nonce());
    guix.serve(&address, &repository);
    let text = filled(
        MODULE,
        &[
            ("REGISTRY", &registry.url),
            ("WORDS", &guix.hash(&guix.write("words.tgz", &words.tarball))),
            ("GREET", &guix.hash(&guix.write("greet.tgz", &greet.tarball))),
            ("ANSWER", &guix.hash(&guix.write("answer.tgz", &answer.tarball))),
            ("LOUD", &guix.hash(&guix.copy(repository.path(), "loud"))),
            ("ADDRESS", &address),
            ("COMMIT", &commit),
        ],
    );
    assert_eq!(guix.style(&text), text);
    let file = guix.write("modules/my/packages/node.scm", text);
    file.strip_suffix("/my/packages/node.scm").expect("the folder").to_owned()
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_package_with_dependencies_a_project_and_a_shell() {
    let (guix, registry, forge) = (Guix::here(), Registry::start(&[]), Forge::new());
    let modules = modules(&guix, &registry, &forge);
    let names = ["node-words", "node-shout-loud", "node-greet"];
    assert_eq!(guix.lint(&modules, &names), [""; 0]);
    let derivations = guix.derivations(&[&["-L", &modules], names.as_slice()].concat());
    assert_eq!(derivations.expect("they evaluate").len(), 3);
    let sources = guix.sources(&[&["-L", &modules], names.as_slice()].concat());
    assert_eq!(sources.expect("fetched").len(), 3);

    let built = guix.build(&["-L", &modules, "node-greet"]).unwrap_or_else(|error| panic!("{error}"));
    let greet = format!("{}/lib/node_modules/greet", built[0]);
    let copied = guix.outside(&format!("{greet}/node_modules/@shout/loud/index.js"));
    assert!(copied.is_file(), "{}", copied.display());

    guix.write(
        "project/package.json",
        r#"{ "name": "hello", "version": "0.1.0", "bin": "hello.js", "dependencies": { "greet": "^2" } }"#,
    );
    guix.write("project/hello.js", "#!/usr/bin/env node\nconsole.log(require('greet')(process.argv[2]));\n");
    let file = guix.write("guix.scm", include_str!("node/guix.scm"));
    assert_eq!(guix.lint(&modules, &["-e", &format!("(load {file:?})")]), [""; 0]);
    assert_eq!(guix.derivations(&["-L", &modules, "-f", &file]).expect("it evaluates").len(), 1);
    let built = guix.build(&["-L", &modules, "-f", &file]).unwrap_or_else(|error| panic!("{error}"));
    let run = guix.run("/", &[&format!("{}/bin/hello", built[0]), "Guix"]).expect(0);
    assert_eq!(run.stdout, "Hello, Guix!\n");

    let manifest = guix.write("manifest.scm", include_str!("node/manifest.scm"));
    let script = "console.log(require('greet')('shell'), process.version, process.env.HOME)";
    let run = guix.shell(&["-L", &modules, "-m", &manifest], &["node", "-e", script]).expect(0);
    assert!(run.stdout.starts_with("Hello, shell! v22."), "{}", run.stdout);
}

#[test]
#[ignore = "needs a root with Guix"]
fn an_addon_is_compiled() {
    let (guix, registry, forge) = (Guix::here(), Registry::start(&[]), Forge::new());
    let modules = modules(&guix, &registry, &forge);
    assert_eq!(guix.lint(&modules, &["node-answer"]), [""; 0]);
    let built = guix.build(&["-L", &modules, "node-answer"]).unwrap_or_else(|error| panic!("{error}"));
    let module = format!("{}/lib/node_modules/answer", built[0]);
    assert_eq!(guix.run("/", &["/opt/hostnode/bin/node", &module]).expect(0).stdout, "42\n");
}
