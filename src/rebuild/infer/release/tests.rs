use serde_json::json;

use super::super::tests::files;
use super::*;

const WORKFLOW: &str = ".github/workflows/release.yml";

fn of(workflow: &str, scripts: Value) -> Option<Release> {
    let files =
        files(&[("package.json", json!({ "name": "a", "scripts": scripts })), (WORKFLOW, json!(workflow))]);
    release(&Repository::new(&files), "")
}

#[test]
fn who_publishes() {
    let run = |command: &str| format!("jobs: {{ r: {{ steps: [{{ run: {command:?} }}] }} }}");
    let scripts = json!({ "release": "pnpm build && changeset publish", "ci:publish": "pnpm -r publish", "t": "vitest" });
    for (command, expected) in [
        ("npm publish --provenance", Some(Some(Packer::Npm))),
        ("npm ci && npm publish", Some(Some(Packer::Npm))),
        ("pnpm publish --no-git-checks", Some(Some(Packer::Pnpm))),
        ("pnpm -r publish", Some(Some(Packer::Pnpm))),
        ("yarn npm publish", Some(Some(Packer::Yarn))),
        ("yarn workspaces foreach --all npm publish", Some(Some(Packer::Yarn))),
        ("yarn publish", Some(Some(Packer::Npm))),
        ("npx semantic-release@19", Some(Some(Packer::Npm))),
        ("pnpm exec changeset publish", Some(None)),
        ("pnpm release", Some(None)),
        ("pnpm run ci:publish", Some(Some(Packer::Pnpm))),
        ("npx lerna publish from-package --yes", Some(Some(Packer::Lerna))),
        ("pnpm dlx pkg-pr-new publish", None),
        ("pnpm t", None),
        ("npx vsce publish", None),
        ("changeset version", None),
    ] {
        // The scripts say it too where no workflow does.
        let found = of(&run(command), scripts.clone()).filter(|found| found.place == "release.yml");
        assert_eq!(found.map(|found| found.packer), expected, "{command}");
    }
    let of_script =
        of("jobs: {}", json!({ "release": "npm test && npm publish && git push" })).expect("a script");
    assert_eq!((of_script.packer, of_script.place.as_str()), (Some(Packer::Npm), "script \"release\""));
}

#[test]
fn environment_of_what_builds_and_publishes() {
    let workflow = r#"
env: { ALL: yes-all, FORCE_COLOR: 1 }
jobs:
  lint: { env: { LINT: 1 }, steps: [{ run: npm publish-not }] }
  build:
    steps: [{ run: npm run build, env: { MODE: prod } }, { run: npm test, env: { TESTED: 1 } }]
  publish:
    needs: [build]
    env: { JOB: true, SECRET: x }
    steps:
      - { run: echo, env: { ECHOED: 1 } }
      - { run: npm run build, env: { IS_RELEASE: true, FROM: "${{ github.ref }}" } }
      - { run: npm publish, env: { NODE_AUTH_TOKEN: x, KIND: npm } }
      - { run: npm run build, env: { AFTER: 1 } }
"#;
    let found = of(workflow, json!({})).expect("a release");
    let env: Vec<String> = found.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(env, ["ALL=yes-all", "IS_RELEASE=true", "JOB=true", "KIND=npm", "MODE=prod"]);
    let commands: Vec<&str> = found.commands.iter().map(|(_, run)| run.as_str()).collect();
    assert_eq!(commands, ["npm run build", "npm run build", "npm publish"]);
}

#[test]
fn the_folder_that_is_published() {
    let run = |step: &str| format!("jobs: {{ r: {{ steps: [{step}] }} }}");
    for (step, expected) in [
        ("{ run: npm publish ./dist }", Some("dist")),
        ("{ run: cd dist && npm publish }", Some("dist")),
        ("{ run: npm publish, working-directory: dist }", Some("dist")),
        ("{ run: npm publish --workspace @a/b }", None),
        ("{ run: npm publish ./a.tgz }", None),
        ("{ run: npm publish, working-directory: '${{ matrix.x }}' }", None),
    ] {
        assert_eq!(of(&run(step), json!({})).expect("a release").contents.as_deref(), expected, "{step}");
    }
}

#[test]
fn the_node_of_the_job_that_publishes() {
    let set_up =
        |version: &str| format!("{{ uses: actions/setup-node@v4, with: {{ node-version: {version} }} }}");
    let of = |build: &str, publish: &str| {
        let workflow = format!(
            "jobs:\n  build: {{ steps: [{build}, {{ run: npm run build }}] }}\n  publish: {{ needs: build, steps: [{publish}, {{ run: npm publish }}, {}] }}\n",
            set_up("4")
        );
        of(&workflow, json!({})).expect("a release").node
    };
    let nothing = "{ run: echo }";
    assert_eq!(of(nothing, &set_up("22")), Some(22));
    assert_eq!(of(nothing, &set_up("'20.x'")), Some(20));
    assert_eq!(of(&set_up("18"), nothing), Some(18));
    assert_eq!(of(&set_up("18"), &set_up("lts/jod")), Some(22));
    assert_eq!(of(nothing, &set_up("\"${{ matrix.node }}\"")), None);
    assert_eq!(of(nothing, &set_up("lts/*")), None);
    assert_eq!(of(nothing, nothing), None);
}
