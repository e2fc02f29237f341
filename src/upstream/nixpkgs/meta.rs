//! `meta`, as every file of nixpkgs ends.

use super::description::Description;
use super::license::License;
use crate::rebuild::infer::files::is_aside;
use crate::upstream::nix::expression::{Nix, Rows};

/// All that it says.
#[derive(Clone, Debug)]
pub struct Meta {
    pub description: Description,
    pub home_page: Option<String>,
    pub changelog: Option<Nix>,
    pub license: License,
    /// Binaries that the repository holds and the package ships.
    pub binaries: Vec<String>,
    pub maintainer: Option<String>,
    pub main_program: Option<String>,
    /// What is to be looked at where there are several programs.
    pub program_doubt: Option<String>,
}

/// Its bindings.
pub fn meta(meta: &Meta) -> Rows {
    let mut rows = Rows::default();
    if let Some(doubt) = &meta.description.doubt {
        rows.comment(&format!("TODO: {doubt}"));
    }
    rows.bind("description", &Nix::text(&meta.description.text));
    if let Some(page) = &meta.home_page {
        rows.bind("homepage", &Nix::text(page));
    }
    if let Some(changelog) = &meta.changelog {
        rows.bind("changelog", changelog);
    }
    if let Some(doubt) = &meta.license.doubt {
        rows.comment(&format!("TODO: {doubt}"));
    }
    rows.bind("license", &licenses(&meta.license.attributes));
    provenance(&mut rows, &meta.binaries);
    match meta.maintainer.as_deref().and_then(Nix::name) {
        Some(handle) => _ = rows.bind("maintainers", &Nix::with("lib.maintainers", &Nix::list([handle]))),
        None => {
            rows.comment("TODO: your handle in maintainers/maintainer-list.nix");
            rows.bind("maintainers", &Nix::list([]));
        }
    }
    if let Some(doubt) = &meta.program_doubt {
        rows.comment(&format!("TODO: {doubt}"));
    }
    if let Some(program) = &meta.main_program {
        rows.bind("mainProgram", &Nix::text(program));
    }
    rows
}

fn licenses(attributes: &[String]) -> Nix {
    match attributes {
        [one] => {
            Nix::name(&format!("lib.licenses.{one}")).unwrap_or_else(|| Nix::code("lib.licenses.unfree"))
        }
        all => Nix::with("lib.licenses", &Nix::list(all.iter().filter_map(|one| Nix::name(one)))),
    }
}

const NATIVE: [&str; 5] = [".node", ".so", ".dll", ".dylib", ".exe"];
const BYTECODE: [&str; 8] = [".beam", ".class", ".dex", ".egg", ".jar", ".pyc", ".wasm", ".whl"];
const ARCHIVES: [&str; 8] = [".7z", ".bz2", ".gz", ".tar", ".tgz", ".xz", ".zip", ".zst"];

fn ends(path: &str, with: &[&str]) -> bool {
    with.iter().any(|end| path.ends_with(end))
}

/// Whether a file that is no text is no code either: it holds other files, a desktop left it, or tests read it.
fn is_data(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    let is_code = ends(path, &NATIVE) || ends(path, &BYTECODE);
    !is_code && (is_aside(path) || base.starts_with('.') || ends(path, &ARCHIVES))
}

fn provenance(rows: &mut Rows, binaries: &[String]) {
    let binaries: Vec<&String> = binaries.iter().filter(|path| !is_data(path)).collect();
    let Some(first) = binaries.first() else { return };
    rows.comment(&format!(
        "the repository holds binaries: {first}{}",
        if binaries.len() > 1 { ", …" } else { "" }
    ));
    let is_native = |path: &&String| ends(path, &NATIVE);
    let mut kinds = vec!["fromSource"];
    kinds.extend(binaries.iter().any(is_native).then_some("binaryNativeCode"));
    kinds.extend((!binaries.iter().all(is_native)).then_some("binaryBytecode"));
    let kinds = kinds.into_iter().filter_map(Nix::name);
    rows.bind("sourceProvenance", &Nix::with("lib.sourceTypes", &Nix::list(kinds)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binaries_of_the_repository() {
        let of = |paths: &[&str]| {
            let mut rows = Rows::default();
            provenance(&mut rows, &paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
            Nix::set(&rows).to_string()
        };
        // What is only kept in it is no code.
        assert_eq!(of(&["tests/data.zip", "a.tar.gz", "tests/fixtures/a.bin", "x/.DS_Store"]), of(&[]));
        let found = of(&["tests/data.zip", "b.node"]);
        assert!(found.contains("holds binaries: b.node\n") && found.contains("binaryNativeCode"), "{found}");
        assert!(!found.contains("binaryBytecode"), "{found}");
        for code in ["a.wasm", "tests/lib.jar", "bin/tool"] {
            assert!(of(&[code]).contains("binaryBytecode"), "{code}");
        }
    }
}
