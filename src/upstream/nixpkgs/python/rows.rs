//! The bindings of the file, in the order in which nixpkgs has them.

use std::collections::BTreeSet;

use super::{Check, Module, Pytest, Reason, Rust, Source};
use crate::upstream::nix::expression::{Nix, Rows};
use crate::upstream::nixpkgs::OPEN_HASH;
use crate::upstream::nixpkgs::meta::meta;
use crate::upstream::nixpkgs::source::At;
use crate::upstream::python::purpose::Purpose;
use crate::upstream::python::pytest_log::FailedTest;

pub(super) fn rows(module: &Module) -> Rows {
    let mut rows = Rows::default();
    rows.bind("pname", &Nix::text(&module.attribute)).bind("version", &Nix::text(&module.version));
    rows.bind("pyproject", &Nix::code("true"));
    if module.purpose == Purpose::Application {
        // Files of pkgs/by-name are to have it; those of python-modules need not.
        rows.gap().bind("__structuredAttrs", &Nix::code("true"));
    }
    if let Some(oldest) = &module.oldest {
        let older = format!("pythonOlder \"{oldest}\"");
        let older = if module.set().is_empty() { older } else { format!("{}{older}", module.set()) };
        rows.gap().bind("disabled", &Nix::condition(&older));
    }
    source(&mut rows, module);
    edits(&mut rows, module);
    rust(&mut rows, module);
    lists(&mut rows, module);
    check(&mut rows, module);
    if module.updates() {
        let script = match &module.source {
            Source::Commit(fetched) => fetched.update_script(&module.version, false),
            Source::Upload { .. } => Nix::code("nix-update-script { }"),
        };
        rows.gap().bind("passthru.updateScript", &script);
    }
    rows.gap().bind("meta", &Nix::set(&meta(&module.meta)));
    rows
}

fn source(rows: &mut Rows, module: &Module) {
    rows.gap();
    match &module.source {
        Source::Commit(fetched) => {
            if matches!(fetched.at, At::Commit(_)) {
                rows.comment("no tag is this commit");
            }
            rows.bind("src", &fetched.expression(&module.version));
        }
        Source::Upload { pname, extension, integrity, why } => {
            rows.comment(&format!("TODO: {why}: look for its repository, and for tests there"));
            let mut inner = Rows::default();
            match *pname == module.attribute {
                true => inner.inherit("finalAttrs", &["pname", "version"]),
                false => inner.bind("pname", &Nix::text(pname)).inherit("finalAttrs", &["version"]),
            };
            if let Some(extension) = extension {
                inner.bind("extension", &Nix::text(extension));
            }
            match integrity {
                Some(integrity) => inner.bind("hash", &Nix::text(&integrity.to_string())),
                None => {
                    inner.comment("TODO: the index says no hash").bind("hash", &Nix::code("lib.fakeHash"))
                }
            };
            rows.bind("src", &Nix::call("fetchPypi", &Nix::set(&inner)));
        }
    }
    if !module.folder.is_empty() {
        let root = Nix::around("", &Nix::code("finalAttrs.src.name"), &format!("/{}", module.folder));
        rows.gap().bind("sourceRoot", &root);
    }
}

fn edits(rows: &mut Rows, module: &Module) {
    let edits = &module.edits;
    if edits.is_empty() {
        return;
    }
    rows.gap();
    if edits.iter().any(|edit| edit.reason == Reason::Bound) {
        rows.comment("upstream bounds what it is built with");
    }
    for edit in edits {
        if let Reason::Unneeded(name) = &edit.reason {
            rows.comment(&format!("the build does not need {name}"));
        }
    }
    if edits.iter().any(|edit| edit.reason == Reason::Tag) {
        rows.comment("the release has no development tag");
    }
    for doubt in edits.iter().filter_map(|edit| edit.doubt.as_ref()) {
        rows.comment(&format!("TODO: {doubt}"));
    }
    let mut files: Vec<&str> = edits.iter().map(|edit| edit.file).collect();
    files.sort_unstable();
    files.dedup();
    let mut lines = Vec::new();
    let mut replace = |file: &str, all: &[(&str, &str)]| {
        lines.push(format!("substituteInPlace {file} \\"));
        for (at, (from, to)) in all.iter().enumerate() {
            let end = if at + 1 == all.len() { "" } else { " \\" };
            lines.push(format!("  --replace-fail {} {}{end}", quoted(from), quoted(to)));
        }
    };
    for file in files {
        let of_file = edits.iter().filter(|edit| edit.file == file);
        replace(file, &of_file.map(|edit| (edit.from.as_str(), edit.to.as_str())).collect::<Vec<_>>());
    }
    rows.bind("postPatch", &Nix::lines(&lines));
}

/// The same, without quotes where it needs none.
fn word(text: &str) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn rust(rows: &mut Rows, module: &Module) {
    let Some(Rust { root, hash, .. }) = &module.rust else { return };
    rows.gap();
    let mut inner = Rows::default();
    let mut inherited = vec!["pname", "version", "src"];
    if !module.folder.is_empty() {
        inherited.push("sourceRoot");
    }
    if !root.is_empty() {
        rows.bind("cargoRoot", &Nix::text(root)).gap();
        inherited.push("cargoRoot");
    }
    inner.inherit("finalAttrs", &inherited);
    match hash {
        Ok(hash) => _ = inner.bind("hash", &Nix::text(&hash.sri())),
        Err(why) => {
            inner.comment(&format!("{OPEN_HASH}{why}")).bind("hash", &Nix::code("lib.fakeHash"));
        }
    }
    rows.bind("cargoDeps", &Nix::call("rustPlatform.fetchCargoVendor", &Nix::set(&inner)));
}

fn lists(rows: &mut Rows, module: &Module) {
    rows.gap();
    let doubts = |rows: &mut Rows, all: &[String]| {
        all.iter().for_each(|doubt| _ = rows.comment(&format!("TODO: {doubt}")));
    };
    doubts(rows, &module.build_system.doubts);
    doubts(rows, module.build_doubt.as_slice());
    if !module.build_system.is_empty() {
        rows.bind("build-system", &module.build_system.expression(module.set()));
    }
    native(rows, module);
    relaxed(rows, module);
    removed(rows, module);
    rows.gap();
    doubts(rows, &module.dependencies.doubts);
    doubts(rows, module.dependencies_doubt.as_slice());
    if !module.dependencies.is_empty() {
        rows.bind("dependencies", &module.dependencies.expression(module.set()));
    }
    if !module.extras.is_empty() {
        rows.gap();
        module.extras.values().for_each(|list| doubts(rows, &list.doubts));
        let mut inner = Rows::default();
        for (extra, list) in &module.extras {
            inner.bind_named(extra, &list.expression(module.set()));
        }
        rows.bind("optional-dependencies", &Nix::set(&inner));
    }
}

/// Programs and libraries.
fn native(rows: &mut Rows, module: &Module) {
    for name in &module.keeps_configure {
        rows.gap().bind(name, &Nix::code("true"));
    }
    let mut programs: Vec<Nix> = Vec::new();
    if let Some(rust) = &module.rust {
        let hooks = match rust.is_maturin {
            true => &["rustPlatform.cargoSetupHook", "rustPlatform.maturinBuildHook"][..],
            false => &["rustPlatform.cargoSetupHook", "cargo", "rustc"],
        };
        programs.extend(hooks.iter().map(|hook| Nix::code(hook)));
    }
    if let Some((file, text)) = &module.other_version {
        rows.gap().comment(&format!("{file} has version {text:?}"));
        programs.extend(Nix::name(&format!("{}pyprojectVersionPatchHook", module.set())));
    }
    programs.extend(module.programs.iter().filter_map(|path| Nix::name(path)));
    if !programs.is_empty() {
        if module.other_version.is_none() {
            rows.gap();
        }
        rows.bind("nativeBuildInputs", &Nix::list(programs));
    }
    if !module.libraries.is_empty() {
        rows.gap();
        rows.bind("buildInputs", &Nix::list(module.libraries.iter().filter_map(|path| Nix::name(path))));
    }
    if let [(name, value)] = module.environment.iter().collect::<Vec<_>>()[..] {
        rows.gap().bind_in("env", name, &Nix::text(value));
    } else if !module.environment.is_empty() {
        let mut inner = Rows::default();
        for (name, value) in &module.environment {
            inner.bind_named(name, &Nix::text(value));
        }
        rows.gap().bind("env", &Nix::set(&inner));
    }
}

fn relaxed(rows: &mut Rows, module: &Module) {
    if module.relaxed.is_empty() {
        return;
    }
    rows.gap();
    for doubt in module.relaxed.values().flatten() {
        rows.comment(&format!("TODO: {doubt}"));
    }
    rows.bind("pythonRelaxDeps", &Nix::list(module.relaxed.keys().map(|name| Nix::text(name))));
}

fn removed(rows: &mut Rows, module: &Module) {
    if module.removed.is_empty() {
        return;
    }
    rows.gap();
    for (name, attribute) in &module.removed {
        rows.comment(&format!("{attribute} stands for {name}"));
    }
    rows.bind("pythonRemoveDeps", &Nix::list(module.removed.keys().map(|name| Nix::text(name))));
}

/// Tests by their names, and files that cannot even be read.
fn left_out(rows: &mut Rows, networked: &[FailedTest]) {
    let names: BTreeSet<&str> = networked.iter().filter_map(|test| test.function.as_deref()).collect();
    let whole = networked.iter().filter(|test| test.function.is_none());
    let files: BTreeSet<&str> = whole.map(|test| test.file.as_str()).collect();
    for (attribute, all) in [("disabledTests", names), ("disabledTestPaths", files)] {
        if !all.is_empty() {
            rows.gap().comment("require network access");
            rows.bind(attribute, &Nix::list(all.into_iter().map(Nix::text)));
        }
    }
}

fn check(rows: &mut Rows, module: &Module) {
    rows.gap();
    let mut hooks: Vec<String> = Vec::new();
    hooks.extend(module.checks_version.then(|| "versionCheckHook".to_owned()));
    let is_doubtful = module.checks_version && !module.spelling_was_seen;
    if let Some(normal) = module.normal_version.as_ref().filter(|_| is_doubtful) {
        rows.comment(&format!(
            "TODO: versionCheckHook looks for {} as it stands here, and the metadata has {normal}: look which the program \
             prints",
            module.version
        ));
    }
    match &module.check {
        Check::Pytest(pytest) => {
            let Pytest { inputs, doubts, programs, networked, hidden_by } = &**pytest;
            for doubt in inputs.doubts.iter().chain(doubts) {
                rows.comment(&format!("TODO: {doubt}"));
            }
            hooks.insert(0, format!("{}pytestCheckHook", module.set()));
            hooks.extend(programs.iter().map(|name| (*name).to_owned()));
            let hooks: Vec<&str> = hooks.iter().map(String::as_str).collect();
            rows.bind("nativeCheckInputs", &inputs.expression_behind(&hooks, module.set()));
            if !hidden_by.is_empty() {
                rows.gap().comment("import from $out, which has the compiled modules");
                rows.bind(
                    "preCheck",
                    &Nix::lines(&[format!(
                        "rm -r -- {}",
                        hidden_by.iter().map(|name| word(name)).collect::<Vec<_>>().join(" ")
                    )]),
                );
            }
            left_out(rows, networked);
        }
        Check::None(why) if module.checks_version => {
            rows.comment(why).bind("nativeCheckInputs", &Nix::code("[ versionCheckHook ]"));
        }
        Check::None(why) => _ = rows.comment(why).bind("doCheck", &Nix::code("false")),
    }
    rows.gap();
    if let Some(doubt) = &module.modules.doubt {
        rows.comment(&format!("TODO: {doubt}"));
    }
    if !module.modules.names.is_empty() {
        let names = module.modules.names.iter().map(|name| Nix::text(name));
        rows.bind("pythonImportsCheck", &Nix::list(names));
    }
}
