use super::*;

fn scripts(of: Of, names: &[&str], args: &str) -> Call {
    Call::Scripts { of, names: names.iter().map(|name| (*name).to_owned()).collect(), args: args.to_owned() }
}

fn commands(of: Of, texts: &[&str]) -> Call {
    Call::Commands { of, texts: texts.iter().map(|text| (*text).to_owned()).collect() }
}

#[test]
fn scripts_that_are_run() {
    let member = |name: &str| Of::Selected(name.to_owned());
    let folder = |name: &str| Of::Folder(name.to_owned());
    for (command, expected) in [
        ("npm run build", scripts(Of::Here, &["build"], "")),
        ("npm run -s build", scripts(Of::Here, &["build"], "")),
        ("npm run build -- --no-pack 'a b'", scripts(Of::Here, &["build"], "--no-pack 'a b'")),
        ("npm run build --silent", scripts(Of::Here, &["build"], "")),
        ("npm test", scripts(Of::Here, &["test"], "")),
        ("npm --prefix client run x", scripts(folder("client"), &["x"], "")),
        ("npm run build -w @a/b", scripts(member("@a/b"), &["build"], "")),
        ("npm run build --workspace=@a/b", scripts(member("@a/b"), &["build"], "")),
        ("npm run build --workspaces --if-present", scripts(Of::All, &["build"], "")),
        ("yarn build", scripts(Of::Here, &["build"], "")),
        ("yarn build --watch", scripts(Of::Here, &["build"], "--watch")),
        ("yarn run build", scripts(Of::Here, &["build"], "")),
        ("yarn workspace @a/b build", scripts(member("@a/b"), &["build"], "")),
        ("yarn workspace @a/b run build", scripts(member("@a/b"), &["build"], "")),
        ("yarn workspaces foreach -Apt run build", scripts(Of::All, &["build"], "")),
        ("pnpm build", scripts(Of::Here, &["build"], "")),
        ("pnpm run build", scripts(Of::Here, &["build"], "")),
        ("pnpm --filter @a/b build", scripts(member("@a/b"), &["build"], "")),
        ("pnpm run -r --filter zod build", scripts(member("zod"), &["build"], "")),
        ("pnpm -r run build", scripts(Of::All, &["build"], "")),
        ("pnpm -w run build", scripts(Of::Root, &["build"], "")),
        ("run-s -n build:code build:types", scripts(Of::Here, &["build:code", "build:types"], "")),
        ("npm run-s -n build test", scripts(Of::Here, &["build", "test"], "")),
        ("npm-run-all --parallel 'build:*'", scripts(Of::Here, &["build:*"], "")),
        ("lerna run build --scope=@a/b", scripts(member("@a/b"), &["build"], "")),
        ("lerna run build", scripts(Of::All, &["build"], "")),
        ("turbo run build", scripts(Of::All, &["build"], "")),
        ("turbo build --filter=@a/b...", scripts(member("@a/b..."), &["build"], "")),
        ("node --run build", scripts(Of::Here, &["build"], "")),
    ] {
        assert_eq!(call(command, |name| name == "build"), expected, "{command}");
    }
}

#[test]
fn commands_that_are_passed_on() {
    for (command, expected) in [
        ("npx tsc -p x", commands(Of::Here, &["tsc -p x"])),
        ("npx --no-install -p typescript tsc", commands(Of::Here, &["tsc"])),
        ("npx -y @a/b@1.2 c", commands(Of::Here, &["@a/b c"])),
        ("pnpm exec nx build", commands(Of::Here, &["nx build"])),
        ("pnpm -w exec nx build", commands(Of::Root, &["nx build"])),
        ("npm exec -- tsc -p x", commands(Of::Here, &["tsc -p x"])),
        ("yarn tsc --build", commands(Of::Here, &["tsc --build"])),
        ("pnpm biome check --write .", commands(Of::Here, &["biome check --write ."])),
        (
            "concurrently -n a,b \"npm:build:*\" \"tsc -w\"",
            commands(Of::Here, &["run-s 'build:*'", "tsc -w"]),
        ),
        ("npm ci", Call::Nothing),
        ("yarn", Call::Nothing),
        ("yarn install --frozen-lockfile", Call::Nothing),
        ("pnpm publish -r", Call::Nothing),
        ("npm pkg delete scripts", Call::Program),
        ("bun build ./x.ts", Call::Program),
        ("lerna publish", Call::Nothing),
        ("tsc", Call::Program),
        ("node build", Call::Program),
    ] {
        assert_eq!(
            call(command, |name| name == "build" && !command.starts_with("bun")),
            expected,
            "{command}"
        );
    }
}
