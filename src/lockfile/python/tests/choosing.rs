//! Which lockfile of a folder is taken.

use super::*;

fn chosen(names: &[&str]) -> String {
    match choose(names) {
        Ok(Some(choice)) => format!("{} ({})", choice.file, choice.passed_over.join(", ")),
        Ok(None) => "none".to_owned(),
        Err(problem) => format!("{}: {}", problem.code(), problem.message),
    }
}

#[test]
fn the_order() {
    for (names, expected) in [
        (
            &["pyproject.toml", "requirements.txt", "uv.lock", "pylock.toml"][..],
            "uv.lock (pylock.toml, requirements.txt)",
        ),
        (
            &["pylock.b.toml", "pylock.toml", "requirements.txt"],
            "pylock.toml (requirements.txt, pylock.b.toml)",
        ),
        (&["requirements.txt", "setup.py"], "requirements.txt ()"),
        (&["pylock.dev.toml"], "pylock.dev.toml ()"),
        (
            &["pylock.a.toml", "pylock.b.toml"],
            "HW163: the folder has several lockfiles: pylock.a.toml, pylock.b.toml",
        ),
        (&["uv.lock", "poetry.lock"], "HW163: the folder has several lockfiles: uv.lock, poetry.lock"),
        (
            &["pyproject.toml"],
            "HW162: there is a pyproject.toml, but no lockfile that says which versions are installed",
        ),
        (&["pylock.a.b.toml", "README.md"], "none"),
    ] {
        assert_eq!(chosen(names), expected, "{names:?}");
    }
}

#[test]
fn names_of_files() {
    assert_eq!(format_of("sub/dev-requirements.txt"), Some(LockFormat::Requirements));
    assert_eq!(format_of("pylock.x.toml"), Some(LockFormat::Pylock));
    for none in ["pylock..toml", "pylock.a.b.toml", "package-lock.json", "requirements.in"] {
        assert_eq!(format_of(none), None, "{none}");
    }
    let text = problems("requirements.in", "flask==1");
    assert_eq!(text, ["error[HW159]: requirements.in: the file has the name of no Python lockfile"]);
}
