//! `headwater verify` of packages that lerna and yarn publish: what these change before they pack is made again.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::nonce;
use crate::support::package::{Package, package};
use crate::support::project::output;
use crate::support::rebuilding::{Case, repository, tools};

/// The time that yarn gives all files.
const TIME_OF_YARN: u64 = 456_789_000;

/// Yarn as far as Headwater's plugin asks it: it packs a list of files, and resolves what the test has in its manifest.
const YARN: &str = r#"
const fs = require('node:fs');
const os = require('node:os');
const zlib = require('node:zlib');
const { execFileSync } = require('node:child_process');
const { Readable } = require('node:stream');
const genPackStream = async (folder, files) => {
  const copy = fs.mkdtempSync(`${os.tmpdir()}/yarn-`);
  for (const file of files) fs.cpSync(`${folder}/${file}`, `${copy}/package/${file}`);
  const { publishConfig, ...manifest } = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
  const { version } = JSON.parse(fs.readFileSync(`${folder}/../lib-core/package.json`, 'utf8'));
  Object.assign(manifest, { main: publishConfig.main, devDependencies: { 'lib-core': `^${version}` } });
  fs.writeFileSync(`${copy}/package/package.json`, JSON.stringify(manifest, null, 2));
  const names = files.map((file) => `package/${file}`);
  return Readable.from([zlib.gzipSync(execFileSync('tar', ['-C', copy, '--mtime=@456789000', '-c', ...names]))]);
};
const modules = {
  clipanion: { Command: class {} },
  '@yarnpkg/core': {
    Configuration: { find: async () => ({}) },
    Project: { find: async (configuration, cwd) => ({ workspace: cwd }) },
  },
  '@yarnpkg/plugin-pack': { packUtils: { genPackList: async () => ['dist/index.js', 'package.json'], genPackStream } },
};
const [Pack] = require(process.env.YARN_PLUGINS).factory((name) => modules[name]).commands;
const command = new Pack();
command.context = { cwd: process.cwd(), plugins: {} };
command.execute().catch((error) => { console.error(error); process.exitCode = 1; });
"#;

/// A workspace that is published, and one that it needs.
struct Workspace {
    word: String,
    /// What package.json of the root has beside its name and the workspaces.
    root: Value,
    /// The range by which it needs the other.
    range: &'static str,
    /// What package.json has at its end.
    end: &'static str,
    /// Files of the root.
    others: Vec<(&'static str, String)>,
}

impl Workspace {
    /// package.json of the published one, as it is committed or published.
    fn manifest(&self, main: &str, range: &str, end: &str) -> String {
        let repository = repository("lib-b", &self.word);
        format!(
            "{{\n  \"name\": \"lib-b\",\n  \"version\": \"1.0.0\",\n  \"repository\": \"{repository}\",\n  \
             \"main\": \"{main}\",\n  \"files\": [\n    \"dist\"\n  ],\n  \"scripts\": {{\n    \
             \"build\": \"shout src dist\"\n  }},\n  \"devDependencies\": {{\n    \"lib-core\": \"{range}\"\n  }}{end}\n}}"
        )
    }

    /// The files of the commit.
    fn sources(&self, main: &str) -> Vec<(String, String)> {
        let mut root = json!({ "name": "root", "private": true, "workspaces": ["packages/*"], "devDependencies": { "shout": "1" } });
        crate::support::package::merge(&mut root, &self.root);
        let core = json!({ "name": "lib-core", "version": "2.0.0" });
        let own = [
            ("package.json", format!("{root:#}\n")),
            ("LICENSE", "of the root\n".to_owned()),
            ("packages/lib-b/package.json", format!("{}\n", self.manifest(main, self.range, self.end))),
            ("packages/lib-b/src/index.txt", format!("hello {}\n", self.word)),
            ("packages/lib-core/package.json", format!("{core:#}\n")),
        ];
        let own = own.into_iter().chain(self.others.clone());
        own.map(|(path, text)| (path.to_owned(), text)).collect()
    }

    fn dist(&self) -> (String, String) {
        let said = json!(format!("HELLO {}\n", self.word.to_uppercase()));
        ("dist/index.js".to_owned(), format!("module.exports = {said};\n"))
    }
}

/// The compiler and what it needs, as the registry has them.
fn served() -> Vec<Package> {
    tools().into_iter().filter(|tool| tool.name != "absent").collect()
}

/// What `npm pack` makes of these files.
fn npms(files: &[(String, String)]) -> Vec<u8> {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder.path()).args(["pack", "--offline", "--ignore-scripts", "--silent"]);
    let name = output(&mut npm).expect(0).stdout.trim().to_owned();
    std::fs::read(folder.path().join(Path::new(&name))).expect("packed")
}

/// An archive with the times of yarn.
fn yarns(files: &[(String, String)]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut archive = tar::Builder::new(gzip);
    for (path, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(TIME_OF_YARN);
        archive.append_data(&mut header, format!("package/{path}"), text.as_bytes()).expect("in memory");
    }
    archive.into_inner().expect("tar").finish().expect("gzip")
}

/// package-lock.json of the tools and the workspaces.
fn npms_lock() -> String {
    let link = |name: &str| json!({ "resolved": format!("packages/{name}"), "link": true });
    let mut locations = json!({
        "": { "name": "root", "workspaces": ["packages/*"], "devDependencies": { "shout": "1" } },
        "node_modules/lib-b": link("lib-b"), "node_modules/lib-core": link("lib-core"),
        "packages/lib-b": { "version": "1.0.0", "devDependencies": { "lib-core": "file:../lib-core" } },
        "packages/lib-core": { "version": "2.0.0" },
    });
    for tool in served() {
        locations[format!("node_modules/{}", tool.name)] = tool.lock();
    }
    json!({ "name": "root", "lockfileVersion": 3, "requires": true, "packages": locations }).to_string()
}

#[test]
fn lerna_writes_the_commit_and_copies_the_licence_of_the_root() {
    let other = "0123456789012345678901234567890123456789";
    for (head, class) in [(None, "integrity"), (Some(other), "different")] {
        let workspace = Workspace {
            word: nonce(),
            root: json!({}),
            range: "file:../lib-core",
            end: "",
            others: vec![
                ("lerna.json", "{ \"version\": \"1.0.0\" }\n".to_owned()),
                ("package-lock.json", npms_lock()),
            ],
        };
        let case =
            Case::of_commit(&workspace.word, &workspace.sources("dist/index.js"), &served(), |commit| {
                let end = format!(",\n  \"gitHead\": \"{}\"", head.unwrap_or(commit));
                let manifest = format!("{}\n", workspace.manifest("dist/index.js", "^2.0.0", &end));
                let license = ("LICENSE".to_owned(), "of the root\n".to_owned());
                let files = [("package.json".to_owned(), manifest), license, workspace.dist()];
                npms(&files)
            });
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], class, "{verified:#}");
        let recipe = case.recipe();
        assert_eq!(recipe["packer"], "lerna", "{recipe:#}");
        assert!(recipe["remarks"].to_string().contains("has a gitHead"), "{recipe:#}");
        // The commit that was built is written, whatever the archive says.
        let notes = verified["outcome"]["notes"].to_string();
        assert_eq!(notes.contains("package.json"), head.is_some(), "{notes}");
    }
}

#[test]
fn yarn_resolves_workspaces_and_what_is_another_once_published() {
    let yarn = json!({ "bin": { "yarn": "bin/yarn.js" } });
    let yarn = package("@yarnpkg/cli-dist", "4.10.3", yarn, &[("bin/yarn.js", YARN)]);
    let tools = [served(), vec![yarn]].concat();
    // Who says what packs it is not contradicted. The tools are the compiler, what it needs, and yarn.
    let said = "[packages.lib-b]\nbuild = { packer = \"npm\" }\n";
    for (policy, packer, class, count) in [("", "yarn", "files", 3), (said, "npm", "different", 2)] {
        let workspace = Workspace {
            word: nonce(),
            root: json!({ "packageManager": "yarn@4.10.3" }),
            range: "workspace:^",
            end: ",\n  \"publishConfig\": {\n    \"main\": \"dist/index.js\"\n  }",
            others: vec![
                (".yarnrc.yml", "npmAuthToken: \"${NPM_TOKEN}\"\n".to_owned()),
                ("yarn.lock", yarns_lock()),
            ],
        };
        let sources = workspace.sources("src/index.txt");
        let case = Case::of_commit(&workspace.word, &sources, &tools, |_| {
            let manifest = workspace.manifest("dist/index.js", "^2.0.0", "");
            yarns(&[workspace.dist(), ("package.json".to_owned(), manifest)])
        });
        case.project.write("headwater.toml", policy);
        let verified = case.verified(&[]);
        assert_eq!(verified["outcome"]["class"], class, "{verified:#}");
        assert_eq!(verified["tools"], count, "{verified:#}");
        assert_eq!(case.recipe()["packer"], packer);
    }
}

/// A release of yarn that the registry does not have is replaced by the usual one; of one that cannot be asked for nobody
/// knows whether it is there.
#[test]
fn a_registry_that_does_not_answer_does_not_choose_the_packer() {
    let yarn = json!({ "bin": { "yarn": "bin/yarn.js" } });
    let yarn = package("@yarnpkg/cli-dist", "4.10.3", yarn, &[("bin/yarn.js", YARN)]);
    let tools = [served(), vec![yarn]].concat();
    let workspace = Workspace {
        word: nonce(),
        root: json!({ "packageManager": "yarn@4.10.2" }),
        range: "workspace:^",
        end: ",\n  \"publishConfig\": {\n    \"main\": \"dist/index.js\"\n  }",
        others: vec![("yarn.lock", yarns_lock())],
    };
    let sources = workspace.sources("src/index.txt");
    let case = Case::of_commit(&workspace.word, &sources, &tools, |_| {
        let manifest = workspace.manifest("dist/index.js", "^2.0.0", "");
        yarns(&[workspace.dist(), ("package.json".to_owned(), manifest)])
    });
    let path = "/@yarnpkg%2fcli-dist/4.10.2";
    case.registry.answer(path, |_| b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n".to_vec());
    let report = case.verify(&["--json"]).expect(3).json();
    let why = report["notBuilt"]["lib-b@1.0.0"].as_str().unwrap_or_default();
    let said = ["yarn packs it: @yarnpkg/cli-dist@4.10.2 cannot be had: ", path, "503"];
    assert!(said.iter().all(|part| why.contains(part)), "{report:#}");
    assert_eq!(report["incomplete"], json!(["lib-b@1.0.0"]), "{report:#}");
    // Once it says that there is none, another packs.
    case.registry.recover(path);
    let verified = case.verified(&[]);
    assert_eq!(verified["outcome"]["class"], "files", "{verified:#}");
}

/// yarn.lock of the tools and the workspaces.
fn yarns_lock() -> String {
    let workspace = |names: &str, place: &str, needs: &str| {
        let name = names.split('@').next().unwrap_or_default();
        format!(
            "\"{names}\":\n  version: 0.0.0-use.local\n  resolution: \"{name}@workspace:{place}\"\n{needs}  \
             languageName: unknown\n  linkType: soft\n\n"
        )
    };
    let tool = |name: &str, needs: &str| {
        format!(
            "\"{name}@npm:1\":\n  version: 1.0.0\n  resolution: \"{name}@npm:1.0.0\"\n{needs}  checksum: 10c0/00\n\n"
        )
    };
    [
        "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n".to_owned(),
        workspace(
            "lib-b@workspace:packages/lib-b",
            "packages/lib-b",
            "  dependencies:\n    lib-core: \"workspace:^\"\n",
        ),
        workspace("lib-core@workspace:^, lib-core@workspace:packages/lib-core", "packages/lib-core", ""),
        workspace("root@workspace:.", ".", "  dependencies:\n    shout: \"npm:1\"\n"),
        tool("shout-core", ""),
        tool("shout", "  dependencies:\n    shout-core: \"npm:1\"\n  bin:\n    shout: cli.js\n"),
    ]
    .concat()
}
