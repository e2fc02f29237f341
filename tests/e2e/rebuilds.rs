//! The library's builds of packages from their commits, over data that is written by hand here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::package::{Package, integrity, package};
use crate::support::project::{Project, Run, output};
use crate::support::{forge::Forge, nix, nonce, registry::Registry};

/// The commit's time of all of these: 9 September 2001.
const TIME: u64 = 1_000_000_000;

/// A repository, the tools of its build, and what is written for the library.
struct Case {
    forge: Forge,
    registry: Registry,
    project: Project,
    commit: String,
}

/// What differs from case to case.
struct Recipe<'a> {
    directory: &'a str,
    steps: &'a [(&'a str, &'a str)],
    /// Locations and their entries, as in tree.json.
    tree: Value,
    packer: &'a str,
    /// What else the package's entry says, in Nix.
    more: &'a str,
}

impl Case {
    fn new(files: &[(&str, &str)], tools: &[Package]) -> Self {
        let mut forge = Forge::new();
        // No other run has built this commit.
        let once = nonce();
        let files: Vec<_> = files.iter().copied().chain([(".once", once.as_str())]).collect();
        let commit = forge.repository("example/made").commit(&files, "made");
        forge.serve();
        let project = Project::new(&[]);
        for (path, text) in files {
            project.write(&format!("checkout/{path}"), text);
            if text.starts_with("#!") {
                make_executable(&project.path().join("checkout").join(path));
            }
        }
        let mut list = String::new();
        for tool in tools {
            let address = format!("{}/-/{}-{}.tgz", tool.name, tool.name, tool.version);
            let digest = hex_of(&tool.integrity());
            writeln!(list, "package\t{}\ntarball\t{address}\tsha512\t{digest}", tool.name).unwrap();
            for (path, text) in &tool.files {
                project.write(&format!("pack/{}/{path}", tool.name), text);
            }
        }
        project.write("packs/tools", &list);
        let registry = Registry::start(tools);
        Self { forge, registry, project, commit }
    }

    fn hash(&self, folder: &str) -> String {
        let run =
            output(nix::nix("nix").args(["hash", "path", "--sri"]).arg(self.project.path().join(folder)));
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout.trim().to_owned()
    }

    /// Builds an attribute of what the library gives.
    fn try_build(&self, recipe: &Recipe<'_>, attribute: &str, options: &[&str]) -> Run {
        self.project.write("tree.json", &json!({ "locations": recipe.tree }).to_string());
        let steps = recipe.steps.iter().fold(String::new(), |mut text, (directory, command)| {
            write!(text, "{{ directory = {directory:?}; command = {command:?}; }} ").unwrap();
            text
        });
        let expression = format!(
            "let pkgs = import {hostpkgs} {{ config.gitConfig = {git:?}; }}; in (import {library} {{ inherit pkgs; }} {{\n\
               sources = {{ registry = {registry:?}; packs.tools = {{ hash = {tools:?}; commits = false; }}; }};\n\
               packs = {here}/packs;\n\
               packages.\"made@1.2.3\" = {{\n\
                 name = \"made\"; version = \"1.2.3\"; time = {TIME};\n\
                 source = {{ url = \"https://github.com/example/made\"; commit = {commit:?}; hash = {checkout:?}; tag = \"v1.2.3\"; }};\n\
                 recipe = {{ directory = {directory:?}; steps = [ {steps}]; env = {{ FROM_RECIPE = \"recipe\"; }}; node = null; packer = {packer:?}; }};\n\
                 tree = {here}/tree.json; {more}\n\
               }};\n\
             }}).{attribute}",
            hostpkgs = nix::hostpkgs().display(),
            library = Path::new(env!("CARGO_MANIFEST_DIR")).join("nix/rebuilds.nix").display(),
            git = self.forge.build_git_config(),
            registry = self.registry.url,
            here = self.project.path().display(),
            tools = self.hash("pack"),
            commit = self.commit,
            checkout = self.hash("checkout"),
            directory = recipe.directory,
            packer = recipe.packer,
            more = recipe.more,
        );
        output(
            nix::nix("nix-build")
                .args(["--option", "allow-import-from-derivation", "false", "--no-out-link"])
                .args(options)
                .args(["-E", &expression]),
        )
    }

    #[track_caller]
    fn build(&self, recipe: &Recipe<'_>) -> (PathBuf, Value) {
        let run = self.try_build(recipe, "packages.\"made@1.2.3\"", &[]).expect(0);
        let out = PathBuf::from(run.stdout.trim());
        let result = std::fs::read_to_string(out.join("result.json")).expect("a result");
        (out, serde_json::from_str(&result).expect("JSON"))
    }
}

fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("ours");
}

fn hex_of(integrity: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let bytes = STANDARD.decode(integrity.trim_start_matches("sha512-")).expect("base64");
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A compiler: each `.src` becomes a `.js` with its own words around.
fn compiler(secret: &str) -> Package {
    let program = format!(
        "#!/usr/bin/env node\nconst fs = require('fs');\nconst [, , from, to] = process.argv;\nfs.mkdirSync(to, {{ recursive: true }});\n\
         for (const file of fs.readdirSync(from)) {{\n  const text = fs.readFileSync(`${{from}}/${{file}}`, 'utf8').trim();\n  \
         fs.writeFileSync(`${{to}}/${{file.replace('.src', '.js')}}`, `// {secret}\\nmodule.exports = '${{text}}';\\n`);\n}}\n"
    );
    package("tinyc", "1.0.0", json!({ "bin": "tinyc.js" }), &[("tinyc.js", &program)])
}

fn tools() -> Value {
    json!({ "node_modules/tinyc": { "pack": "tools", "folder": "tinyc", "bin": { "tinyc": "tinyc.js" } } })
}

const MANIFEST: &str = r#"{
  "name": "made",
  "version": "1.2.3",
  "bin": "cli.js",
  "files": ["lib", "cli.js", "tool.sh"],
  "scripts": { "build": "tinyc src lib && npm run --silent facts", "facts": "node facts.js" }
}
"#;
const CLI: &str = "#!/usr/bin/env node\nconsole.log(require('./lib/a.js'));\n";
const TOOL: &str = "#!/bin/bash\nset -e\ncp cli.js lib/copy.js\ndate -u +%Y-%m > lib/date.txt\n";
/// Writes down what a build can ask of its surroundings.
const FACTS: &str = "const { execSync } = require('child_process');
const { Worker } = require('worker_threads');
const ask = (command) => execSync(command, { encoding: 'utf8' }).trim();
const facts = {
  now: new Date().toISOString().slice(0, 15),
  called: Date().slice(0, 15),
  year: new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' }).format(),
  commit: ask('git rev-parse HEAD') === process.argv[2] || ask('git rev-parse HEAD').length,
  short: ask('git rev-parse --short HEAD').length,
  described: ask('git describe --tags'),
  committed: ask('git log -1 --format=%ct'),
  package: process.env.npm_package_name,
  recipe: process.env.FROM_RECIPE,
  epoch: process.env.SOURCE_DATE_EPOCH,
};
const start = Date.now();
new Worker(\"require('worker_threads').parentPort.postMessage(new Date().getUTCFullYear())\", { eval: true }).on('message', (year) => {
  facts.worker = year;
  // A clock that stands still would never get there.
  const wait = () => {
    if (Date.now() - start < 20) return setTimeout(wait, 1);
    require('fs').writeFileSync('lib/facts.json', JSON.stringify(facts, null, 1) + '\\n');
  };
  wait();
});
";
const FACTS_THEN: &str = "{
 \"now\": \"2001-09-09T01:4\",
 \"called\": \"Sun Sep 09 2001\",
 \"year\": \"2001\",
 \"commit\": 40,
 \"short\": 7,
 \"described\": \"v1.2.3\",
 \"committed\": \"1000000000\",
 \"package\": \"made\",
 \"recipe\": \"recipe\",
 \"epoch\": \"1000000000\",
 \"worker\": 2001
}
";

/// What npm makes of a folder with these files.
fn packed_by_npm(files: &[(&str, &str)]) -> Vec<u8> {
    let folder = Project::new(files);
    for (path, _) in files.iter().filter(|(_, text)| text.starts_with("#!")) {
        make_executable(&folder.path().join(path));
    }
    let run = output(
        Command::new("npm").args(["pack", "--offline", "--ignore-scripts"]).current_dir(folder.path()),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    std::fs::read(folder.path().join("made-1.2.3.tgz")).expect("an archive")
}

#[test]
fn a_package_is_built_and_packed_as_npm_packs_it() {
    let secret = nonce();
    let case = Case::new(
        &[
            ("package.json", MANIFEST),
            ("cli.js", CLI),
            ("tool.sh", TOOL),
            ("facts.js", FACTS),
            ("src/a.src", "a\n"),
            // npm removes it, too, before it installs.
            ("node_modules/.bin/tinyc", "#!/bin/sh\nexit 1\n"),
        ],
        &[compiler(&secret)],
    );
    let archive = packed_by_npm(&[
        ("package.json", MANIFEST),
        ("cli.js", CLI),
        ("tool.sh", TOOL),
        ("lib/a.js", &format!("// {secret}\nmodule.exports = 'a';\n")),
        ("lib/copy.js", CLI),
        ("lib/date.txt", "2001-09\n"),
        ("lib/facts.json", FACTS_THEN),
    ]);
    let expected =
        |integrity: &str| format!("expected = {{ class = \"integrity\"; integrity = {integrity:?}; }};");
    let same = expected(&integrity(&archive));
    let mut recipe = Recipe {
        directory: "",
        steps: &[
            ("", "exit 3"),
            ("", "npm run build"),
            ("", "npm ci"),
            ("", "./tool.sh"),
            // There is none in a sandbox, other than in this machine's: nothing that is run may ask for it.
            ("", "! grep -r '^#!/usr/bin/env' node_modules cli.js"),
        ],
        tree: tools(),
        packer: "npm",
        more: &same,
    };
    let (out, result) = case.build(&recipe);
    assert_eq!(std::fs::read(out.join("package.tgz")).unwrap(), archive, "{result}");
    let exits: Vec<_> = result["steps"].as_array().unwrap().iter().map(|step| step["exit"].clone()).collect();
    assert_eq!(
        (exits, &result["packed"], &result["files"]),
        (vec![3.into(), 0.into(), 0.into(), 0.into(), 0.into()], &true.into(), &7.into())
    );
    for shim in ["git describe --tags: answered", "npm ci: not run"] {
        assert!(result["shims"].as_array().unwrap().contains(&shim.into()), "no {shim} in {result}");
    }
    assert_eq!(std::fs::read_to_string(out.join("package/cli.js")).unwrap(), CLI);

    // The same bytes again, and the check of it.
    case.try_build(&recipe, "packages.\"made@1.2.3\"", &["--check"]).expect(0);
    case.try_build(&recipe, "checks.\"rebuilt-made@1.2.3\"", &[]).expect(0);
    let other = expected(&integrity(b"another archive"));
    recipe.more = &other;
    let run = case.try_build(&recipe, "checks.\"rebuilt-made@1.2.3\"", &[]);
    assert_ne!(run.code, 0);
    for words in ["made@1.2.3", "another integrity", "headwater verify made@1.2.3"] {
        assert!(run.stderr.contains(words), "no {words:?} in {}", run.stderr);
    }
}

#[test]
fn workspaces_are_linked_and_their_scripts_run_in_order() {
    let secret = nonce();
    let root = r#"{ "private": true, "workspaces": ["packages/*"], "scripts": { "all": "pnpm -r build" } }"#;
    let library = r#"{ "name": "library", "version": "1.0.0", "main": "lib/l.js", "bin": "say.js", "scripts": { "build": "tinyc src lib" } }"#;
    let made = r#"{ "name": "made", "version": "1.2.3", "dependencies": { "library": "*" },
      "scripts": { "build": "mkdir -p out && node -p \"require('library')\" > out/said.txt && library >> out/said.txt", "more": "echo more >> out/said.txt" } }"#;
    let case = Case::new(
        &[
            ("package.json", root),
            ("pnpm-workspace.yaml", "packages:\n  - 'packages/*'\n"),
            // By its name it comes first; what it needs must be built before it.
            ("packages/a-made/package.json", made),
            ("packages/library/package.json", library),
            ("packages/library/say.js", "#!/usr/bin/env node\nconsole.log('said by a workspace');\n"),
            ("packages/library/src/l.src", "from the library\n"),
        ],
        &[compiler(&secret)],
    );
    let mut tree = tools();
    tree["node_modules/library"] = json!({ "link": "packages/library", "bin": { "library": "say.js" } });
    tree["node_modules/made"] = json!({ "link": "packages/a-made" });
    let (out, result) = case.build(&Recipe {
        directory: "packages/a-made",
        steps: &[
            ("", "npm run all"),
            ("packages/library", "yarn workspace made more"),
            ("", "pnpm --filter nobody... run build"),
        ],
        tree,
        packer: "npm",
        more: "",
    });
    let said = std::fs::read_to_string(out.join("package/out/said.txt"));
    assert_eq!(said.unwrap_or_default(), "from the library\nsaid by a workspace\nmore\n", "{result}");
    assert_eq!(result["steps"][2]["exit"], 1, "{result}");
    assert_eq!(result["shims"], json!(["pnpm --filter nobody... run build: failed"]));
}

#[test]
fn what_takes_too_long_or_too_much_is_ended_and_what_it_made_counts() {
    let case =
        Case::new(&[("package.json", r#"{ "name": "made", "version": "1.2.3" }"#)], &[compiler(&nonce())]);
    let greedy = "node -e \"const kept = []; setInterval(() => kept.push(Buffer.alloc(64 << 20, 1)), 10)\"";
    // It goes on in a session of its own, and holds the output open.
    let endless = "echo half > half.txt; setsid sleep 600 & sleep 600";
    let (out, result) = case.build(&Recipe {
        directory: "",
        steps: &[("", greedy), ("", "sleep 600 & exit 4"), ("", endless), ("", "echo more > half.txt")],
        tree: json!({}),
        packer: "npm",
        more: "limits = { seconds = 20; megabytes = 400; };",
    });
    let ends: Vec<_> = result["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["exit"].as_u64(), step["ended"].as_str()))
        .collect();
    assert_eq!(
        ends,
        [(Some(137), Some("memory")), (Some(4), None), (Some(137), Some("time")), (Some(137), Some("time"))]
    );
    assert_eq!(std::fs::read_to_string(out.join("package/half.txt")).unwrap(), "half\n");
}

#[test]
fn what_cannot_be_packed_leaves_its_log() {
    let case = Case::new(&[("package.json", r#"{ "name": "made" }"#)], &[compiler(&nonce())]);
    let recipe = Recipe {
        directory: "",
        steps: &[
            ("", "echo what was said; curl https://example.org"),
            // What a build puts where it will be packed to is not what was packed.
            ("", "mkdir -p $TMPDIR/headwater/packed && touch $TMPDIR/headwater/packed/made-1.2.3.tgz"),
        ],
        tree: json!({}),
        packer: "npm",
        more: "expected = { class = \"files\"; digest = \"00\"; };",
    };
    let (out, result) = case.build(&recipe);
    assert_eq!((&result["packed"], out.join("package.tgz").exists()), (&false.into(), false));
    let log = std::fs::read_to_string(out.join("log")).unwrap();
    for words in ["what was said", "curl: command not found", "npm could not pack it", "Invalid package"] {
        assert!(log.contains(words), "no {words:?} in {log}");
    }
    let run = case.try_build(&recipe, "checks.\"rebuilt-made@1.2.3\"", &[]);
    assert!(run.code != 0 && run.stderr.contains("cannot be packed any more"), "{}", run.stderr);
}

/// pnpm is run where it is: what lies in the repository may be packed.
#[test]
fn pnpm_runs_and_packs_where_it_is_among_the_tools() {
    let program = "const fs = require('fs');\nconst args = process.argv.slice(2);\n\
        if (args.includes('pack')) {\n  const file = `${args[args.indexOf('--pack-destination') + 1]}/made-1.2.3.tgz`;\n  \
        fs.appendFileSync('ran.txt', `${fs.readdirSync('.').join(' ')}\\n`);\n  \
        require('child_process').execFileSync('tar', ['-czf', file, '--transform', 's,^,package/,', 'package.json', 'ran.txt']);\n\
        } else fs.appendFileSync('ran.txt', `${args.filter((arg) => arg !== '--config.package-manager-strict=false').join(' ')}\\n`);\n";
    let pnpm = package("pnpm", "9.9.9", json!({ "bin": { "pnpm": "p.cjs" } }), &[("p.cjs", program)]);
    let manifest = r#"{ "name": "made", "version": "1.2.3", "packageManager": "pnpm@1.0.0" }"#;
    let case = Case::new(&[("package.json", manifest)], &[compiler(&nonce()), pnpm]);
    let mut tree = tools();
    tree[".headwater/pnpm"] = json!({ "pack": "tools", "folder": "pnpm" });
    let (out, result) = case.build(&Recipe {
        directory: "",
        steps: &[("", "pnpm -r build"), ("", "pnpm install"), ("absent", "true")],
        tree,
        packer: "pnpm",
        more: "",
    });
    let ran = std::fs::read_to_string(out.join("package/ran.txt")).unwrap_or_default();
    let (first, files) = ran.split_once('\n').expect("two lines");
    assert!(
        first.starts_with("--config.manage-package-manager-versions=false ") && first.ends_with(" -r build"),
        "{ran}"
    );
    assert_eq!(files.trim(), ".once node_modules package.json ran.txt", "{result}");
    assert_eq!(
        (&result["shims"], &result["steps"][2]["exit"]),
        (&json!(["pnpm install: not run"]), &127.into())
    );
}
