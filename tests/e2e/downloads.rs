//! Well-known downloads: nothing is downloaded in a build, and the program finds what the package set has.

use std::process::Command;

use serde_json::json;

use crate::support::nix::{self, Machine};
use crate::support::project::output;
use crate::support::{nonce, package::package, project::Project, registry::Registry};

/// Under the name of the package whose script downloads a browser, one that does so unless it is told not to.
fn project(secret: &str) -> (Registry, Project) {
    let script = "if (!process.env.PUPPETEER_SKIP_DOWNLOAD) { console.error('getaddrinfo ENOTFOUND'); process.exit(1) }\n";
    let index = format!(
        "const {{ execFileSync }} = require('child_process');\nconst browser = process.env.PUPPETEER_EXECUTABLE_PATH;\n\
         module.exports = '{secret} ' + (browser ? `${{execFileSync(browser)}}`.trim() : 'none');\n"
    );
    let manifest = json!({ "scripts": { "postinstall": "node install.js" } });
    let puppeteer = package("puppeteer", "24.1.0", manifest, &[("install.js", script), ("index.js", &index)]);
    let registry = Registry::start(std::slice::from_ref(&puppeteer));
    let app = "#!/usr/bin/env node\nconsole.log(require('puppeteer'));\n";
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js",
                           "scripts": { "build": "node app.js > built.txt" } });
    let mut project = Project::with_packages(&manifest, &[&puppeteer], &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    (registry, project)
}

const BROWSERS: &str = "final: prev: {
  chromium = final.writeShellScriptBin \"chromium\" \"echo browser\";
  other = final.writeShellScriptBin \"other\" \"\" // { outPath = \"${final.writeShellScriptBin \"chromium\" \"echo other\"}\"; };
}";

#[test]
fn a_program_finds_what_the_package_set_has() {
    let secret = nonce();
    let (_registry, project) = project(&secret);
    let run = project.convert(&[]).expect(0);
    assert!(run.stdout.contains("puppeteer@24.1.0: pkgs.chromium in place of a browser"), "{}", run.stdout);
    let machine = Machine { overlay: Some(BROWSERS), ..Machine::default() };
    let result = nix::try_build_on(&project, &machine, "").unwrap();
    let program = result.join("bin/app");
    assert_eq!(nix::run(&program, &[]), format!("{secret} browser"));
    let built = std::fs::read_to_string(result.join("lib/node_modules/app/built.txt")).unwrap();
    assert_eq!(built.trim(), format!("{secret} browser"));
    // Somebody's own comes first.
    let own =
        output(Command::new(&program).env_clear().env("PUPPETEER_EXECUTABLE_PATH", "/usr/bin/basename"));
    assert!(own.code != 0 && own.stderr.contains("basename"), "{}{}", own.stdout, own.stderr);
    let (hook, _) = nix::text_on(&project, &machine, ".devShell.shellHook");
    for line in
        ["then export PUPPETEER_EXECUTABLE_PATH='/nix/store/", "then export PUPPETEER_SKIP_DOWNLOAD='true'"]
    {
        assert!(hook.contains(line), "no {line:?} in {hook}");
    }

    project.write("headwater.toml", "[packages.puppeteer]\nprovided = \"other\"\n");
    project.convert(&[]).expect(0);
    let result = nix::try_build_on(&project, &machine, "").unwrap();
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret} other"));
}

#[test]
fn what_the_package_set_lacks_is_told_and_done_without() {
    let secret = nonce();
    let (_registry, project) = project(&secret);
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret} none"));
    let (_, said) = nix::text_on(&project, &Machine::default(), ".devShell.shellHook");
    for words in
        ["puppeteer@24.1.0 would download a browser", "no pkgs.chromium", "[packages.\"puppeteer\"] provided"]
    {
        assert!(said.contains(words), "no {words:?} in {said}");
    }

    // Without it, the script does as it does.
    project.write("headwater.toml", "[packages.puppeteer]\nprovided = false\n");
    project.convert(&[]).expect(0);
    let said = nix::try_build(&project, "", "").expect_err("its script downloads");
    assert!(said.contains("puppeteer@24.1.0") && said.contains("network"), "{said}");
}
