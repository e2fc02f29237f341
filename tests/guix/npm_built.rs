//! What the scripts of an npm project make, and what of it is installed.

use serde_json::json;

use crate::converted::Converted;
use crate::support::guix::Guix;
use crate::support::nonce;
use crate::support::package::package;
use crate::support::project::Project;
use crate::support::registry::Registry;

#[test]
#[ignore = "needs a root with Guix"]
fn scripts_of_its_own_packages_run_and_what_they_add_to_node_modules_stays() {
    let (guix, secret) = (Guix::here(), nonce());
    let uses = package("uses", "1.0.0", json!({ "license": "MIT" }), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&uses));
    for files in [json!(["app.js"]), json!(null)] {
        let mut manifest = json!({
            "name": "app", "version": "1.0.0", "bin": "app.js", "workspaces": ["part"], "dependencies": { "uses": "1" },
            "scripts": { "build": format!("node build.js {secret}"), "prepare": "husky", "preinstall": "npx only-allow npm" },
        });
        if files.is_array() {
            manifest["files"] = files;
        }
        let build = "const fs = require('fs');\n\
            fs.mkdirSync('node_modules/.client/', { recursive: true });\n\
            fs.writeFileSync('node_modules/.client/index.js', `module.exports = '${process.argv[2]}'`);\n\
            fs.mkdirSync('node_modules/.cache/x', { recursive: true });\n";
        let part = json!({ "name": "part", "version": "1.0.0", "main": "made.js", "scripts": {
            "install": "node note.js install", "preinstall": "node note.js preinstall", "postinstall": "node note.js postinstall",
        } });
        let mut project = Project::new(&[
            ("app.js", "#!/usr/bin/env node\nconsole.log(require('.client'), require('part'));\n"),
            ("build.js", build),
            ("part/package.json", &part.to_string()),
            (
                "part/note.js",
                "require('fs').appendFileSync('made.js', `module.exports = '${process.argv[2]} ' + (module.exports.length ? module.exports : '');\\n`);\n",
            ),
        ]);
        project.write_lock(
            &manifest,
            &json!({
                "node_modules/uses": uses.lock(), "node_modules/part": { "resolved": "part", "link": true },
                "part": { "name": "part", "version": "1.0.0" },
            }),
        );
        project.registry = Some(registry.url.clone());
        project.convert(&["--to", "guix"]).expect(0);
        let converted = Converted::new(&guix, &project);
        converted.is_reviewed(&["node-uses"]);
        let built = converted.build();
        let run = guix.run("/", &[&format!("{built}/bin/app")]).expect(0);
        assert_eq!(run.stdout, format!("{secret} postinstall install preinstall \n"));
        let modules = format!("{built}/lib/node_modules/app/node_modules");
        let names = guix.run("/", &["ls", "-A", &modules]).expect(0).stdout;
        assert_eq!(names, ".client\npart\nuses\n");
    }
}
