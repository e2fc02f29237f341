use serde_json::json;

use super::*;
use crate::emit::guix::sexp::Sexp;

const LISTED: &str = "\
package\tnode-lts\tnode\t22.14.0\tgnu packages node\tgnu\t\t\t
package\tnode-ms\tnode-ms\t2.1.3\tgnu packages node-xyz\tnode\t\thttps://github.com/o/ms\t
package\tnode-semver\tnode-semver\t7.2.1\tgnu packages node-xyz\tnode\t\t\t
";

fn told(manifest: &Value, made: &Shipped, texts: &[(&str, &str)], is_addon: bool) -> Told {
    let texts = || texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let checkout = Checkout { manifest, folder: "", made, tests: texts(), builds: texts(), is_addon };
    let variable = |need: &Need| format!("node-{}", need.name);
    checkout.told(&Listing::read(LISTED), variable)
}

fn written(told: &Told) -> String {
    told.arguments.iter().map(Sexp::written).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_package_asks_for_while_it_runs() {
    let manifest = json!({
        "dependencies": { "a": "^1", "o": "1" }, "optionalDependencies": { "o": "1" }, "devDependencies": { "d": "1" },
        "peerDependencies": { "p": "2", "q": "1", "a": "*" }, "peerDependenciesMeta": { "q": { "optional": true } },
    });
    let needs: Vec<String> =
        needs(&manifest).into_iter().map(|need| format!("{} {}", need.name, need.range)).collect();
    assert_eq!(needs, ["a ^1", "p 2"]);
}

#[test]
fn arguments_of_definitions() {
    let built = Shipped::Built("build output (1): dist/a.js".to_owned());
    for (manifest, made, expected) in [
        (json!({ "scripts": { "test": "node test" } }), &Shipped::Committed, ""),
        (json!({}), &Shipped::Committed, "\n;; It has no tests.\n #:tests? #f"),
        (
            json!({ "scripts": { "test": "mocha", "prepare": "husky", "build": "tsc" }, "devDependencies": { "mocha": "1" } }),
            &Shipped::Committed,
            "#:tests? #f ;tests need mocha, which Guix lacks\n #:phases (gexp (modify-phases %standard-phases \
             (add-after 'patch-dependencies 'modify-package.json (lambda _ (modify-json (delete-dev-dependencies) \
             (delete-fields '(\"scripts.prepare\"))))) \n;; The commit holds what the registry has.\n (delete 'build)))",
        ),
        (
            json!({ "scripts": { "pretest": "xo", "test": "node test.js" }, "devDependencies": { "xo": "1" } }),
            &Shipped::Committed,
            "#:phases (gexp (modify-phases %standard-phases (add-after 'patch-dependencies 'modify-package.json \
             (lambda _ (modify-json (delete-dev-dependencies) (delete-fields '(\"scripts.pretest\")) (replace-fields \
             '((\"scripts.test\" . \"node test.js\"))))))))",
        ),
        (
            json!({ "scripts": { "test": "node test.js" }, "devDependencies": { "semver": "1", "x": "1" } }),
            &Shipped::Committed,
            "#:phases (gexp (modify-phases %standard-phases (add-after 'patch-dependencies 'modify-package.json \
             (lambda _ (modify-json (delete-dependencies '(\"x\")))))))",
        ),
        (
            json!({ "scripts": { "prepare": "node make.js" } }),
            &built,
            "#:tests? #f ;it has no tests\n #:phases (gexp (modify-phases %standard-phases (replace 'build (lambda _ \
             (invoke \"npm\" \"run\" \"prepare\"))) (add-after 'build 'delete-prepare (lambda _ (modify-json \
             (delete-fields '(\"scripts.prepare\")))))))",
        ),
    ] {
        let told = told(&manifest, made, &[("test.js", "require('semver')")], false);
        assert_eq!(written(&told), expected, "{manifest}");
    }
}

#[test]
fn what_guix_lacks_for_a_build_is_open() {
    let manifest = json!({
        "scripts": { "build": "tsc -p . && node-there x" }, "devDependencies": { "typescript": "5" },
        "engines": { "node": ">=24" },
    });
    let built = Shipped::Built("dist/a.js".to_owned());
    let told = told(&manifest, &built, &[], false);
    assert!(told.open[0].contains("`npm run build` needs typescript, which Guix lacks"), "{:?}", told.open);
    assert!(told.open[1].contains("asks for node >=24, and Guix builds with 22.14.0"), "{:?}", told.open);
    assert!(written(&told).contains(";; TODO: `npm run build` needs typescript, which Guix lacks."));
}

#[test]
fn inputs_and_what_is_deleted() {
    let manifest = json!({
        "dependencies": { "ms": "^2", "other": "npm:real@1" },
        "optionalDependencies": { "fsevents": "2", "semver": "7" },
        "scripts": { "install": "prebuild-install || node-gyp rebuild" },
    });
    let told = told(&manifest, &Shipped::Committed, &[], true);
    assert_eq!(told.inputs.run.iter().cloned().collect::<Vec<_>>(), ["node-ms", "node-other", "node-semver"]);
    assert_eq!(told.inputs.native.iter().cloned().collect::<Vec<_>>(), ["python"]);
    let text = written(&told);
    assert!(text.contains("(delete-dependencies '(\"fsevents\"))"), "{text}");
    assert!(text.contains("(delete-fields '(\"scripts.install\"))"), "{text}");
    assert!(told.open[0].contains("other stands for npm:real@1"), "{:?}", told.open);
}
