//! Programs and addons that a package brings compiled: they run on a system that has neither /lib64 nor libraries in
//! /usr/lib, as NixOS.

use std::path::Path;

use serde_json::json;

use crate::support::compiler::compiled;
use crate::support::package::{Package, binary_package};
use crate::support::{nix, nonce, project::Project, registry::Registry};

/// No machine has this loader.
const NOWHERE: &str = "-Wl,--dynamic-linker=/nowhere/ld.so";

/// A program that writes what a library of its own says to `$out`; one that is static; and a library that no file
/// is linked to.
fn engine(folder: &Path, secret: &str) -> Package {
    let text = format!("const char *secret(void) {{ return \"{secret}\"; }}\n");
    let part = compiled(folder, "libpart.so.1", &text, &["-shared", "-fPIC", "-Wl,-soname,libpart.so.1"]);
    let main = "#include <stdio.h>\n#include <stdlib.h>\nconst char *secret(void);\n\
        int main(void) { FILE *out = getenv(\"out\") ? fopen(getenv(\"out\"), \"w\") : stdout;\n\
        fputs(secret(), out); return fclose(out); }\n";
    let program = compiled(folder, "engine", main, &["-l:libpart.so.1", NOWHERE]);
    let plain = compiled(folder, "plain", &format!("{text}{main}"), &["-static"]);
    binary_package(
        "engine-linux",
        "1.0.0",
        json!({ "os": ["linux"] }),
        &[("bin/engine", &program), ("bin/plain", &plain), ("lib/libpart.so.1", &part)],
    )
}

/// An addon that asks the machine for a library, and a package beside it for another one, as sharp does.
fn binding(folder: &Path, secret: &str) -> [Package; 2] {
    let text = format!("const char *beside(void) {{ return \"{secret}\"; }}\n");
    let beside =
        compiled(folder, "libbeside.so.1", &text, &["-shared", "-fPIC", "-Wl,-soname,libbeside.so.1"]);
    let source = "#include <node_api.h>\nconst char *beside(void);\nconst char *zlibVersion(void);\n\
        static napi_value init(napi_env env, napi_value exports) {\n  napi_value text;\n\
        napi_create_string_utf8(env, zlibVersion() ? beside() : \"\", NAPI_AUTO_LENGTH, &text);\n  return text;\n}\n\
        NAPI_MODULE(binding, init)\n";
    let rpath = "-Wl,-rpath,$ORIGIN/../../binding-libs/lib";
    let options = ["-shared", "-fPIC", "-I/usr/include/node", "-l:libbeside.so.1", "-l:libz.so.1", rpath];
    let addon = compiled(folder, "binding.node", source, &options);
    [
        binary_package(
            "binding",
            "1.0.0",
            json!({ "main": "lib/binding.node" }),
            &[("lib/binding.node", &addon)],
        ),
        binary_package("binding-libs", "1.0.0", json!({}), &[("lib/libbeside.so.1", &beside)]),
    ]
}

#[test]
fn compiled_files_of_packages_find_their_loader_and_libraries() {
    let (secret, folder) = (nonce(), tempfile::TempDir::new().unwrap());
    let engine = engine(folder.path(), &secret);
    let [binding, libs] = binding(folder.path(), &secret);
    let plain = std::fs::read(folder.path().join("plain")).unwrap();
    // Its script runs what another package brought.
    let asks = "require('child_process').execFileSync('node_modules/engine-linux/bin/engine', { cwd: process.env.INIT_CWD, env: {}, \
        stdio: ['ignore', require('fs').openSync('said', 'w'), 'inherit'] })";
    let user = crate::support::package::package(
        "user",
        "1.0.0",
        json!({ "scripts": { "postinstall": "node ask.js" }, "optionalDependencies": { "engine-linux": "1" } }),
        &[("ask.js", asks)],
    );
    let packages = [&engine, &binding, &libs, &user];
    let registry = Registry::start(&packages.map(Package::clone));
    let app = "const { execFileSync } = require('child_process');\n\
        const engine = require.resolve('engine-linux/package.json').replace('package.json', 'bin/engine');\n\
        const said = require('fs').readFileSync(require.resolve('user/package.json').replace('package.json', 'said'));\n\
        console.log(execFileSync(engine, { encoding: 'utf8' }), require('binding'), `${said}`);\n";
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let mut project = Project::with_packages(&manifest, &packages, &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret} {secret} {secret}"));

    let modules = result.join("lib/node_modules/app/node_modules");
    let program = modules.join("engine-linux/bin/engine");
    assert_eq!(nix::run_over("/usr", &program).as_deref(), Ok(&*secret));
    // What is static is bound to nothing, and may not survive a change.
    assert!(std::fs::read(modules.join("engine-linux/bin/plain")).unwrap() == plain);
    // The machine would find it without; a library of the store is looked for by its place.
    let addon = std::fs::read(modules.join("binding/lib/binding.node")).unwrap();
    let rpath = "$ORIGIN/../../binding-libs/lib:/nix/store/";
    assert!(addon.windows(rpath.len()).any(|bytes| bytes == rpath.as_bytes()), "no {rpath}");
    // No script is run, and its compiled files are looked after.
    project.write("headwater.toml", "[packages.binding]\nbuildInputs = [\"zlib\"]\n");
    project.convert(&[]).expect(0);
    nix::build(&project, "", ".nodeModules");
    // The pack stays as its hash says.
    let packs = project.read("nix/headwater/packages.nix");
    assert!(packs.contains("linked = {\n"), "{packs}");
}
