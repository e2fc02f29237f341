//! Git dependencies that their own scripts make, built by Guix: the files that Nix makes of them.

use serde_json::json;

use crate::converted::Converted;
use crate::support::forge::PUBLIC;
use crate::support::guix::Guix;
use crate::support::prepared::{Case, entry, files};
use crate::support::rebuilding::repository;

const NAME: &str = "built-node-from-git";

#[test]
#[ignore = "needs a root with Guix"]
fn it_is_what_nix_makes_of_it() {
    let guix = Guix::here();
    let case = Case::new(&json!({ "prepare": "husky || true && npm run build", "build": "shout src dist" }));
    case.project.convert(&["--to", "nix", "--to", "guix", "--strict"]).expect(0);
    guix.serve(&case.address(), &case.repository);
    let converted = Converted::new(&guix, &case.project);
    converted.is_reviewed(&["node-from-git", NAME]);
    let built = files(&guix.outside(&converted.built(NAME)).join("package"));
    assert_eq!(built, case.built());
    assert!(built["dist/index.js"].contains(&case.expected()), "{built:?}");
    let result = converted.build();
    let run = guix.run("/", &[&format!("{result}/bin/app")]).expect(0);
    assert_eq!(run.stdout.trim(), case.expected());
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_command_that_fails_fails_the_build_unless_it_may() {
    let guix = Guix::here();
    for (prepare, says) in [
        ("shout nowhere dist && shout src dist", Some("`shout nowhere dist` ended with 1")),
        ("no-such-tool && shout src dist", Some("`no-such-tool` ended with 127")),
        ("shout nowhere dist || true && shout src dist", None),
    ] {
        let case = Case::new(&json!({ "prepare": prepare }));
        // Nobody can know before it is built.
        case.project.convert(&["--to", "guix", "--strict"]).expect(0);
        guix.serve(&case.address(), &case.repository);
        let converted = Converted::new(&guix, &case.project);
        let Some(says) = says else {
            let run = guix.run("/", &[&format!("{}/bin/app", converted.build())]).expect(0);
            assert_eq!(run.stdout.trim(), case.expected());
            continue;
        };
        let error = converted.refused();
        for words in ["from-git@3.0.0 cannot be built from its commit", says, "skipScripts = true"] {
            assert!(error.contains(words), "no {words:?} in {error}");
        }
    }
}

/// Two commits of one version, one of which has a submodule that its build reads.
#[test]
#[ignore = "needs a root with Guix"]
fn two_commits_of_one_version_and_a_submodule() {
    let guix = Guix::here();
    let (mut first, mut part) = (String::new(), None);
    let case = Case::with(&json!({ "prepare": "shout src dist" }), |forge, work, commit| {
        first = commit;
        let name = format!(
            "{}-part",
            work.path().parent().and_then(|owner| owner.file_name()?.to_str()).expect("an owner")
        );
        let other = forge.repository(&format!("{name}/part"));
        let text = other.commit(&[("index.txt", "from a submodule\n")], "one");
        let modules = format!("[submodule \"src\"]\n\tpath = src\n\turl = {PUBLIC}{name}/part\n");
        work.git(&["rm", "-q", "-r", "src"]);
        work.commit(&[(".gitmodules", modules.as_str())], "a submodule");
        work.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{text},src")]);
        work.git(&["commit", "-q", "-m", "a submodule"]);
        part = Some((format!("{PUBLIC}{name}/part"), other));
        work.git(&["rev-parse", "HEAD"])
    });
    let name = repository("from-git", &case.word);
    let mut aliased = entry(&name, &first);
    aliased["name"] = "from-git".into();
    case.project.write(
        "app.js",
        "#!/usr/bin/env node\nconsole.log(require('from-git').trim(), require('other').trim());\n",
    );
    case.project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/from-git": entry(&name, &case.commit), "node_modules/other": aliased }),
    );
    case.project.convert(&["--to", "nix", "--to", "guix", "--strict"]).expect(0);
    let said = format!("FROM A SUBMODULE {}", case.expected());
    assert_eq!(case.try_build().expect("built by Nix").trim(), said);
    let (address, part) = part.expect("made above");
    guix.serve(&case.address(), &case.repository);
    guix.serve(&address, &part);
    let converted = Converted::new(&guix, &case.project);
    converted.is_reviewed(&[]);
    let run = guix.run("/", &[&format!("{}/bin/app", converted.build())]).expect(0);
    assert_eq!(run.stdout.trim(), said);
}
