//! Libraries that real compilers build, with the tools of the live registry: what the sandbox packs is what npm packs
//! outside of it.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::live::retried;
use crate::support::nonce;
use crate::support::package::Package;
use crate::support::project::output;
use crate::support::rebuilding::{Case, Library, repository};

/// A library, and what builds it.
struct Toolchain {
    name: &'static str,
    tools: Value,
    scripts: Value,
    /// Files of the commit; `WORD` stands for a word of this run.
    files: &'static [(&'static str, &'static str)],
}

fn toolchains() -> Vec<Toolchain> {
    let plain = "module.exports = `HELLO ${'WORD'}`;\n";
    let typed = "const word: string = 'WORD';\nexport const said = (): string => `HELLO ${word}`;\n";
    let source: &'static [(&str, &str)] = vec![("src/index.js", plain)].leak();
    let types: &'static [(&str, &str)] = vec![
        ("src/index.ts", typed),
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "outDir": "dist", "declaration": true, "module": "commonjs", "target": "es2020", "types": [] }, "include": ["src"] }"#,
        ),
    ]
    .leak();
    vec![
        Toolchain {
            name: "tsc, in a chain of scripts",
            tools: json!({ "typescript": "^5.4.0", "rimraf": "^5.0.0" }),
            scripts: json!({ "build": "npm run clean && npm run compile", "clean": "rimraf dist", "compile": "tsc -p ." }),
            files: types,
        },
        Toolchain {
            name: "rollup",
            tools: json!({ "rollup": "^4.20.0" }),
            scripts: json!({ "build": "rollup -c" }),
            files: &[
                ("src/index.js", "import { word } from './word.js';\nexport default `HELLO ${word}`;\n"),
                ("src/word.js", "export const word = 'WORD';\nexport const unused = 1;\n"),
                (
                    "rollup.config.mjs",
                    "export default { input: 'src/index.js', output: { file: 'dist/index.js', format: 'cjs', sourcemap: true } };\n",
                ),
            ],
        },
        Toolchain {
            name: "esbuild",
            tools: json!({ "esbuild": "^0.25.0" }),
            scripts: json!({ "prepare": "esbuild src/index.js --bundle --minify --platform=node --outfile=dist/index.js" }),
            files: source,
        },
        Toolchain {
            name: "babel",
            tools: json!({
                "@babel/cli": "^7.25.0", "@babel/core": "^7.25.0", "@babel/plugin-transform-template-literals": "^7.25.0",
            }),
            scripts: json!({ "prepack": "babel src --out-dir dist --source-maps" }),
            files: &[
                ("src/index.js", "module.exports = `HELLO ${'WORD'}`;\n"),
                ("babel.config.json", r#"{ "plugins": ["@babel/plugin-transform-template-literals"] }"#),
            ],
        },
        Toolchain {
            name: "tsup",
            tools: json!({ "tsup": "^8.0.0", "typescript": "^5.4.0" }),
            scripts: json!({ "build": "tsup src/index.ts --format cjs,esm --dts" }),
            files: types,
        },
    ]
}

impl Toolchain {
    /// The library with what npm builds of it outside of any sandbox, and its tools as the registry has them.
    fn built(&self, word: &str) -> (Library, Vec<Package>) {
        let folder = tempfile::TempDir::new().expect("a folder");
        let at = folder.path();
        let manifest = json!({
            "name": "lib-b", "version": "1.0.0", "repository": repository("lib-b", word), "main": "dist/index.js",
            "files": ["dist"], "scripts": self.scripts, "devDependencies": self.tools,
        });
        let mut sources = vec![("package.json".to_owned(), format!("{manifest:#}\n"))];
        sources
            .extend(self.files.iter().map(|(path, text)| ((*path).to_owned(), text.replace("WORD", word))));
        for (path, text) in &sources {
            let path = at.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        npm(at, &["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
        let lock = std::fs::read_to_string(at.join("package-lock.json")).expect("a lockfile");
        let mut lock: Value = serde_json::from_str(&lock).expect("JSON");
        let tools = fetched(at, &lock);
        for entry in lock["packages"].as_object_mut().expect("packages").values_mut() {
            entry.as_object_mut().expect("an entry").remove("resolved");
        }
        let script = self.scripts.as_object().and_then(|scripts| scripts.keys().next()).expect("a script");
        npm(at, &["run", script]);
        sources.push(("package-lock.json".to_owned(), format!("{lock:#}\n")));
        sources.push((".gitignore".to_owned(), "dist\nnode_modules\n".to_owned()));
        let dist = std::fs::read_dir(at.join("dist")).expect("what was built").map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (format!("dist/{name}"), std::fs::read_to_string(path).expect("text"))
        });
        (Library { sources, dist: dist.collect() }, tools)
    }
}

pub fn npm(at: &Path, arguments: &[&str]) -> String {
    retried("npm", || {
        let mut npm = Command::new("npm");
        let run = output(npm.current_dir(at).args(arguments).env("CI", "1"));
        if run.code == 0 { Ok(run.stdout) } else { Err(run.stderr) }
    })
}

/// The packages of a lockfile that this machine installs.
fn fetched(at: &Path, lock: &Value) -> Vec<Package> {
    let entries = lock["packages"].as_object().expect("packages");
    let installed = entries.iter().filter(|(place, _)| at.join(place).join("package.json").exists());
    let mut named: Vec<String> = installed
        .filter_map(|(place, entry)| {
            let (_, name) = place.rsplit_once("node_modules/")?;
            // An alias has another name than its folder.
            Some(format!("{}@{}", entry["name"].as_str().unwrap_or(name), entry["version"].as_str()?))
        })
        .collect();
    named.sort();
    named.dedup();
    published(&named.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Packages as the registry has them, by `NAME@VERSION`.
pub fn published(names: &[&str]) -> Vec<Package> {
    let folder = tempfile::TempDir::new().expect("a folder");
    let packed: Value =
        serde_json::from_str(&npm(folder.path(), &[&["pack", "--json"], names].concat())).expect("JSON");
    let package = |one: &Value| {
        let text = |key: &str| one[key].as_str().expect("text").to_owned();
        let tarball = std::fs::read(folder.path().join(text("filename"))).expect("a tarball");
        Package {
            name: text("name"),
            version: text("version"),
            files: Vec::new(),
            tarball,
            metadata: json!({}),
        }
    };
    packed.as_array().expect("a list").iter().map(package).collect()
}

#[test]
#[ignore = "asks the live registry"]
fn what_real_compilers_make_is_what_npm_publishes() {
    for toolchain in toolchains() {
        let word = nonce();
        let (library, tools) = toolchain.built(&word);
        let case = Case::of(word, &[(library.clone(), library)], |registry, _| {
            tools.iter().for_each(|tool| registry.publish(tool));
        });
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], "integrity", "{}: {verified:#}", toolchain.name);
    }
}
