//! Workspaces of real package managers: the lockfile is theirs, and what the sandbox packs is what is packed outside of it.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::rebuilds::{npm, published};
use crate::support::live::retried;
use crate::support::nonce;
use crate::support::package::Package;
use crate::support::project::output;
use crate::support::rebuilding::{Case, repository};

/// A package manager, and how a repository says that it is its own.
struct Manager {
    /// As npm's registry has it.
    release: &'static str,
    lockfile: &'static str,
    /// What a workspace writes for another one.
    range: &'static str,
    /// Runs `build` in each workspace.
    build: &'static [&'static str],
    /// A file of the root beside package.json.
    file: (&'static str, &'static str),
    /// Whether it packs what is published. npm does otherwise.
    packs: bool,
}

const MANAGERS: [Manager; 2] = [
    Manager {
        release: "pnpm@10.12.1",
        lockfile: "pnpm-lock.yaml",
        range: "workspace:^",
        build: &["-r", "run", "build"],
        file: ("pnpm-workspace.yaml", "packages:\n  - packages/*\n"),
        packs: true,
    },
    Manager {
        release: "yarn@1.22.22",
        lockfile: "yarn.lock",
        range: "^1.0.0",
        build: &["workspaces", "run", "build"],
        file: (".yarnrc", "--install.ignore-scripts true\n"),
        packs: false,
    },
];

/// The files of the commit without the lockfile: one workspace takes the types of another, which must be built before.
fn sources(manager: &Manager, word: &str) -> Vec<(String, String)> {
    let root = json!({
        "name": "root", "version": "0.0.0", "private": true, "packageManager": manager.release,
        "workspaces": ["packages/*"],
    });
    let member = |name: &str| {
        json!({
            "name": name, "version": "1.0.0", "main": "dist/index.js", "types": "dist/index.d.ts", "files": ["dist"],
            "repository": { "type": "git", "url": repository("lib-b", word), "directory": format!("packages/{name}") },
            "scripts": { "build": "tsc -p ." }, "devDependencies": { "typescript": "~5.4.0" },
        })
    };
    let (core, mut library) = (member("core"), member("lib-b"));
    library["devDependencies"]["core"] = manager.range.into();
    // pnpm publishes another range in its place.
    library["peerDependencies"] = json!({ "core": manager.range });
    library["peerDependenciesMeta"] = json!({ "core": { "optional": true } });
    let options = r#"{ "compilerOptions": { "outDir": "dist", "declaration": true, "module": "commonjs", "target": "es2020", "types": [] }, "include": ["src"] }"#;
    let used =
        format!("import type {{ Word }} from 'core';\nexport const said = (): Word => 'HELLO {word}';\n");
    let (at_root, text) = manager.file;
    let files = [
        ("package.json", format!("{root:#}\n")),
        (at_root, text.to_owned()),
        (".gitignore", "dist\nnode_modules\n".to_owned()),
        ("LICENSE", "MIT\n".to_owned()),
        ("packages/core/package.json", format!("{core:#}\n")),
        ("packages/core/tsconfig.json", options.to_owned()),
        ("packages/core/src/index.ts", format!("export type Word = 'HELLO {word}';\n")),
        ("packages/lib-b/package.json", format!("{library:#}\n")),
        ("packages/lib-b/tsconfig.json", options.to_owned()),
        ("packages/lib-b/src/index.ts", used),
    ];
    files.map(|(path, text)| (path.to_owned(), text)).into()
}

impl Manager {
    fn run(&self, at: &Path, arguments: &[&str]) {
        retried(self.release, || {
            let mut npx = Command::new("npx");
            npx.args(["--yes", self.release]).args(arguments).current_dir(at).env("CI", "1");
            let run = output(&mut npx);
            if run.code == 0 { Ok(()) } else { Err(run.stderr + &run.stdout) }
        });
    }

    /// The commit's files, what is published of them, and the tools as the registry has them.
    fn built(&self, word: &str) -> (Vec<(String, String)>, Package, Vec<Package>) {
        let folder = tempfile::TempDir::new().expect("a folder");
        let at = folder.path();
        let mut sources = sources(self, word);
        for (path, text) in &sources {
            let path = at.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        // The lockfile is new.
        let install: &[&str] =
            if self.packs { &["install", "--ignore-scripts", "--no-frozen-lockfile"] } else { &["install"] };
        self.run(at, install);
        self.run(at, self.build);
        let lock = std::fs::read_to_string(at.join(self.lockfile)).expect("a lockfile");
        sources.push((self.lockfile.to_owned(), lock));
        let member = at.join("packages/lib-b");
        match self.packs {
            true => self.run(&member, &["pack"]),
            false => _ = npm(&member, &["pack", "--ignore-scripts"]),
        }
        let manifest = sources.iter().find(|(path, _)| path == "packages/lib-b/package.json").expect("there");
        let metadata: Value = serde_json::from_str(&manifest.1).expect("our own JSON");
        let library = Package {
            name: "lib-b".to_owned(),
            version: "1.0.0".to_owned(),
            files: vec![("package.json".to_owned(), "{}".to_owned())],
            tarball: std::fs::read(member.join("lib-b-1.0.0.tgz")).expect("an archive"),
            metadata: json!({ "repository": metadata["repository"] }),
        };
        let compiler =
            [member.as_path(), at].map(|folder| folder.join("node_modules/typescript/package.json"));
        let compiler =
            compiler.iter().find_map(|path| std::fs::read_to_string(path).ok()).expect("installed");
        let compiler: Value = serde_json::from_str(&compiler).expect("JSON");
        let compiler = format!("typescript@{}", compiler["version"].as_str().expect("a version"));
        let tools = published(&[&compiler, self.release]);
        (sources, library, tools)
    }
}

#[test]
#[ignore = "asks the live registry"]
fn what_a_workspace_builds_and_packs_is_what_its_manager_publishes() {
    for manager in MANAGERS {
        let word = nonce();
        let (sources, library, tools) = manager.built(&word);
        let case = Case::published(word, &[(sources, library)], |registry, _| {
            tools.iter().for_each(|tool| registry.publish(tool));
        });
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "integrity", "{}: {verified:#}", manager.release);
        let rule = verified["rule"].as_str().unwrap_or_default();
        assert!(rule.contains("after the workspaces core"), "{rule}");
    }
}
