use super::*;

#[test]
fn commands_by_their_effect() {
    use Effect::{Builds, Helps, Nothing, Unsure};
    for (command, expected) in [
        ("tsc -p x", Builds),
        ("tsc --noEmit", Nothing),
        ("tsc --noEmit false", Builds),
        ("./node_modules/.bin/rollup -c", Builds),
        ("node scripts/build.js", Builds),
        ("node --import=tsx scripts/bundle.ts", Builds),
        ("./scripts/build.sh --no-pack", Builds),
        ("node tools/postinstall.cjs", Unsure),
        ("node test/run.js", Nothing),
        ("node --test", Nothing),
        ("rimraf dist", Helps),
        ("rm -rf dist", Helps),
        ("husky install", Nothing),
        ("husky", Nothing),
        ("git config core.hooksPath .hooks", Nothing),
        ("prettier --check .", Nothing),
        ("prettier --write dist", Helps),
        ("biome check --write .", Helps),
        ("biome check .", Nothing),
        ("gulp", Builds),
        ("gulp test", Nothing),
        ("ts-scripts install", Nothing),
        ("ts-scripts build", Builds),
        ("npm pkg delete scripts", Helps),
        ("echo x", Nothing),
        ("echo x > dist/cjs/package.json", Unsure),
        ("marked-man a > b", Unsure),
        ("tsx a.mts --watch", Nothing),
        ("playwright install chromium", Nothing),
        ("", Nothing),
    ] {
        assert_eq!(effect(command, false), expected, "{command}");
    }
    assert_eq!(effect("node x.js", true), Builds);
    assert_eq!(effect("rimraf dist", true), Helps);
}

#[test]
fn scripts_that_are_aside() {
    for name in [
        "test",
        "test:install",
        "lint",
        "lint_src",
        "check-types",
        "format:check",
        "build:watch",
        "size",
        "ci",
    ] {
        assert!(is_aside(name), "{name}");
    }
    for name in ["build", "build:types", "compile", "clean", "version", "bundle", "generate", "postbuild"] {
        assert!(!is_aside(name), "{name}");
    }
}
