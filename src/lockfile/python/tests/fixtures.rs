//! Lockfiles that the tools wrote, read as a whole. Their wheels and hashes are cut to two of a kind, and the index has
//! another host.

use super::{fixture, listing, shown};

macro_rules! goldens {
    ($($test:ident: $folder:literal $file:literal;)*) => {$(
        #[test]
        fn $test() {
            let graph = fixture($folder, $file).unwrap_or_else(|problems| panic!("{problems:#?}"));
            insta::assert_snapshot!(listing::of(&graph));
        }
    )*};
}

goldens! {
    uv: "uv" "uv.lock";
    uv_workspace: "uv-ws" "uv.lock";
    uv_conflicts: "uv-conflict" "uv.lock";
    uv_forks: "uv-forks" "uv.lock";
    poetry_1_1: "poetry-1.1" "poetry.lock";
    poetry_2_0: "poetry-2.0" "poetry.lock";
    poetry_2_1: "poetry-2.1" "poetry.lock";
    pdm: "pdm" "pdm.lock";
    pipenv: "pipenv" "Pipfile.lock";
    pylock_of_uv: "pylock" "pylock.uv.toml";
    pylock_of_pdm: "pylock" "pylock.pdm.toml";
    pip_compile_with_hashes: "requirements" "hashes.txt";
    pip_compile: "requirements" "dev.txt";
    uv_pip_compile: "requirements" "universal.txt";
    uv_export: "requirements" "uv-export.txt";
    places_of_uv: "places-uv" "uv.lock";
    places_of_poetry: "places-poetry" "poetry.lock";
    places_of_pdm: "places-pdm" "pdm.lock";
    places_of_pipenv: "places-pipenv" "Pipfile.lock";
}

#[test]
fn pipenv_leaves_what_its_own_machine_does_not_need_unpinned() {
    // Without its marker this is wanted everywhere; `tomli` has one, and is for whoever wants it.
    let open = "does not name a single version, so each installation may get another one";
    let expected = format!("error[HW150]: Pipfile.lock:51: colorama: \"*\" {open}");
    assert_eq!(shown(fixture("pipenv-unpinned", "Pipfile.lock")), [expected]);
}
