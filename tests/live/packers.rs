//! What yarn itself packs: what the sandbox packs with it is the same file.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::live::retried;
use crate::support::nonce;
use crate::support::package::Package;
use crate::support::project::output;
use crate::support::rebuilding::{Case, repository};

/// A repository of yarn: a package whose script builds it, and one that it needs.
fn sources(word: &str, version: &str) -> Vec<(String, String)> {
    let root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"], "packageManager": format!("yarn@{version}") });
    let published = json!({
        "name": "lib-b", "version": "1.0.0", "repository": repository("lib-b", word), "main": "src/index.js",
        "bin": { "lib-b": "dist/cli.js" }, "files": ["dist", "!dist/*.map"],
        "scripts": { "build": "node build.js", "prepack": "node build.js" },
        "devDependencies": { "lib-core": "workspace:^", "lib-other": "workspace:*" },
        "publishConfig": { "access": "public", "main": "dist/index.js", "exports": { ".": "./dist/index.js" } },
    });
    let build = format!(
        "const fs = require('node:fs');\nfs.mkdirSync('dist', {{ recursive: true }});\n\
         fs.writeFileSync('dist/index.js', 'module.exports = {word:?};\\n');\nfs.writeFileSync('dist/index.js.map', '');\n\
         fs.writeFileSync('dist/cli.js', '#!/usr/bin/env node\\n');\n"
    );
    let other = |name: &str| format!("{:#}\n", json!({ "name": name, "version": "2.1.0" }));
    [
        ("package.json", format!("{root:#}\n")),
        (".yarnrc.yml", "npmAuthToken: \"${NPM_TOKEN-}\"\nnodeLinker: node-modules\n".to_owned()),
        ("packages/lib-b/package.json", format!("{published:#}\n")),
        ("packages/lib-b/build.js", build),
        ("packages/lib-b/README.md", "# lib-b\n".to_owned()),
        ("packages/lib-core/package.json", other("lib-core")),
        ("packages/lib-other/package.json", other("lib-other")),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .to_vec()
}

/// A yarn of the registry.
fn yarn(version: &str, folder: &Path) -> Package {
    let name = format!("@yarnpkg/cli-dist@{version}");
    let file = retried("npm pack", || {
        let run = output(Command::new("npm").current_dir(folder).args(["pack", "--silent", &name]));
        if run.code == 0 { Ok(run.stdout.trim().to_owned()) } else { Err(run.stderr) }
    });
    let tarball = std::fs::read(folder.join(file)).expect("a tarball");
    let (name, metadata) = ("@yarnpkg/cli-dist".to_owned(), json!({}));
    Package { name, version: version.to_owned(), files: Vec::new(), tarball, metadata }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments).env("YARN_ENABLE_IMMUTABLE_INSTALLS", "0");
    command.env("YARN_ENABLE_TELEMETRY", "0").env("YARN_GLOBAL_FOLDER", folder.join("../global"));
    let run = output(&mut command);
    assert_eq!(run.code, 0, "{command:?}: {}{}", run.stdout, run.stderr);
}

#[test]
#[ignore = "asks the live registry"]
fn what_yarn_packs_in_the_sandbox_is_what_it_publishes() {
    for version in ["3.8.7", "4.10.3"] {
        let (word, folder) = (nonce(), tempfile::TempDir::new().expect("a folder"));
        let yarn = yarn(version, folder.path());
        let archive = format!("yarnpkg-cli-dist-{version}.tgz");
        run(folder.path(), "tar", &["-xzf", &archive]);
        let program = folder.path().join("package/bin/yarn.js").display().to_string();
        let root = folder.path().join("repository");
        let mut sources = sources(&word, version);
        for (path, text) in &sources {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        run(&root, "node", &[&program, "install"]);
        // Yarn writes manifests in its own way when it installs, and that is what is committed.
        for (path, text) in &mut sources {
            *text = std::fs::read_to_string(root.join(path)).expect("still there");
        }
        let lock = std::fs::read_to_string(root.join("yarn.lock")).expect("a lockfile");
        sources.push(("yarn.lock".to_owned(), lock));
        let case = Case::of_commit(&word, &sources, &[yarn], |_| {
            let package = root.join("packages/lib-b");
            run(&package, "node", &["build.js"]);
            run(&package, "node", &[&program, "pack", "--out", "package.tgz"]);
            std::fs::read(package.join("package.tgz")).expect("packed")
        });
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "integrity", "yarn {version}: {verified:#}");
        assert_eq!((verified["tools"].as_u64(), case.recipe()["packer"].as_str()), (Some(1), Some("yarn")));
    }
}
