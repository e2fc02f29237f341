//! HW150 to HW168: Python lockfiles and requirements files.

use super::{named, shown};
use crate::problem::{Place, Problem, kinds};

kinds! {
    HW150 error "A requirement does not name a single version, so each installation may get another one."
        "pin it with `==`, or let a tool pin everything: `pip-compile --generate-hashes`, `uv pip compile --generate-hashes`";
    HW151 error "A requirements file has an option that pip does not know there."
        "correct it or take it out; pip's \"Requirements File Format\" page lists the options";
    HW152 error "A requirement cannot be read."
        "write it as `name[extra]==1.0 ; marker` or `name @ https://... ; marker`";
    HW153 error "An environment marker cannot be read, or has no meaning. pip ignores some of these: they are mistakes."
        "correct it (PEP 508 lists the fields and operators), or tell the package's authors";
    HW154 error "A file has only hashes that can be forged (MD5, SHA-1)."
        "lock it from an index that gives SHA-256";
    HW155 error "A hash is not of a known kind, or does not have all its digits."
        "let the tool that wrote the file write it again";
    HW156 error "A requirement has no hash in a file where others have one. pip refuses such a file as a whole."
        "write the file with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`";
    HW157 error "The lockfile contradicts itself about one package."
        "keep the one that is right; if a tool wrote both, let it write the file again";
    HW158 error "A file that is included with `-r` or `-c` cannot be read."
        "files are included by their path relative to the file that includes them, within the project";
    HW159 error "The Python lockfile cannot be read as what its name says."
        "restore it from version control, or write it again with the tool that made it";
    HW160 error "The Python lockfile has a version that Headwater does not know."
        "write it with a version of the tool that Headwater reads";
    HW161 error "A package needs another one that the lockfile does not have."
        "the lockfile is incomplete or out of date: write it again";
    HW162 error "The folder has a Python project and no lockfile."
        "make one: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`, or `pip-compile --generate-hashes -o requirements.txt`";
    HW163 error "The folder has lockfiles of several tools. Only the project's people know which one they keep current."
        "name the one that counts, or remove the others";
    HW164 error "A requirements file uses an environment variable that is not set."
        "set the variable; a secret belongs into netrc instead";
    HW165 error "An entry has a name that no Python project can have."
        "no index has such a package: correct the entry, or let the tool that wrote the file write it again";
    HW166 error "The lockfile cannot be understood without its pyproject.toml, which says which packages are for what."
        "put it there; or write the lockfile with a newer poetry (2.1) or pdm (2.11), which keep it in the lockfile";
    HW167 error "A dependency is in a repository that is not git."
        "take a release of the package from an index, or a mirror of it in git";
    HW168 error "The chosen project is not a member of the workspace."
        "choose one of the workspace's members; if it is new, write the lockfile again with `uv lock`";
}

/// `written` is the requirement as it stands in the file, `pin` the command that pins it.
pub fn unpinned_requirement(place: impl Into<Place>, package: &str, written: &str, pin: &str) -> Problem {
    HW150
        .problem(format!(
            "{} does not name a single version, so each installation may get another one",
            shown(written)
        ))
        .with_hint(format!("pin it with `==`, or let a tool pin everything: `{pin}`"))
        .about(named(package))
        .at(place)
}

/// `why` is a sentence without its subject.
pub fn unknown_option(place: impl Into<Place>, option: &str, why: &str) -> Problem {
    HW151.problem(format!("the option {} {why}", shown(option))).at(place)
}

/// `why` is a sentence without its subject (PEP 508 has the grammar).
pub fn invalid_requirement(place: impl Into<Place>, written: &str, why: &str) -> Problem {
    HW152.problem(format!("the requirement {} {why}", shown(written))).at(place)
}

/// `why` is a sentence without its subject.
pub fn invalid_marker(place: impl Into<Place>, package: &str, marker: &str, why: &str) -> Problem {
    HW153.problem(format!("its marker {} {why}", shown(marker))).about(named(package)).at(place)
}

/// MD5 and SHA-1 can be forged; beside a stronger hash they are ignored.
pub fn weak_hash(place: impl Into<Place>, package: &str, algorithm: &str) -> Problem {
    HW154
        .problem(format!("it has no hash stronger than {algorithm}, which can be forged"))
        .about(named(package))
        .at(place)
}

/// Treated as absent, it would leave the file unchecked.
pub fn invalid_hash(place: impl Into<Place>, package: &str, hash: &str) -> Problem {
    HW155
        .problem(format!(
            "{} is not a hash of a known kind (sha256, sha384, sha512) with all its digits",
            shown(hash)
        ))
        .about(named(package))
        .at(place)
}

pub fn missing_hash(place: impl Into<Place>, package: &str) -> Problem {
    HW156
        .problem("it has no hash, but other requirements have one; pip refuses such a file")
        .about(named(package))
        .at(place)
}

/// `why` is a sentence without its subject, the package.
pub fn contradiction(place: impl Into<Place>, package: &str, why: &str) -> Problem {
    HW157.problem(format!("it {why}")).about(named(package)).at(place)
}

/// `place` is in the including file; `why` is a sentence without its subject.
pub fn bad_include(place: impl Into<Place>, included: &str, why: &str) -> Problem {
    HW158.problem(format!("the file {} that it includes {why}", shown(included))).at(place)
}

/// `why` is a sentence without its subject, `remedy` a command.
pub fn unreadable(place: impl Into<Place>, why: &str, remedy: &str) -> Problem {
    HW159
        .problem(format!("the file {why}"))
        .with_hint(format!("restore it from version control, or write it again with `{remedy}`"))
        .at(place)
}

/// `version` is as written; `known` lists those that are read.
pub fn unknown_lock_version(place: impl Into<Place>, version: &str, known: &str, remedy: &str) -> Problem {
    HW160
        .problem(format!("the lockfile has version {}; Headwater reads {known}", shown(version)))
        .with_hint(format!("write it with a version of the tool that makes one of these: `{remedy}`"))
        .at(place)
}

/// `needed` is the name of what is not there.
pub fn missing_dependency(place: impl Into<Place>, package: &str, needed: &str) -> Problem {
    HW161
        .problem(format!("it needs {needed}, which the lockfile does not have"))
        .about(named(package))
        .at(place)
}

/// `found` is the file that says it is a Python project.
pub fn no_python_lock(found: &str) -> Problem {
    HW162
        .problem(format!("there is a {found}, but no lockfile that says which versions are installed"))
        .at(found)
}

/// The same of a member of a workspace: uv locks it in the workspace's folder, `root`. `package` is its name.
pub fn no_lock_in_member(found: &str, root: &str, package: &str) -> Problem {
    HW162
        .problem(format!(
            "the project {package} is a member of the uv workspace {root}, and its lockfile is there"
        ))
        .with_hint(format!(
            "convert it there: `headwater convert --package {package}` in {root} (without a uv.lock: `uv lock` first)"
        ))
        .at(found)
}

pub fn several_locks(names: &[&str]) -> Problem {
    let first = names.first().copied().unwrap_or_default();
    HW163.problem(format!("the folder has several lockfiles: {}", names.join(", "))).at(first)
}

/// pip would leave the text `${NAME}` as it is, and ask for that.
pub fn unset_variable(place: impl Into<Place>, name: &str) -> Problem {
    HW164
        .problem(format!("the environment variable {name} is used here, and it is not set"))
        .with_hint(format!("run with {name} set; a secret belongs into netrc instead"))
        .at(place)
}

/// PEP 508: ASCII letters, digits, `-`, `_` and `.`, the first and the last a letter or digit.
pub fn invalid_project_name(place: impl Into<Place>, package: &str, name: &str) -> Problem {
    HW165
        .problem(format!("{} is not a name that a Python project can have", shown(name)))
        .about(named(package))
        .at(place)
}

/// `why` is a sentence without its subject.
pub fn no_manifest(file: &str, why: &str) -> Problem {
    HW166
        .problem(format!("the lockfile needs the pyproject.toml beside it to be understood, which {why}"))
        .at(file)
}

/// `kind` is the scheme's own word: hg, svn, bzr.
pub fn foreign_repository(place: impl Into<Place>, package: &str, url: &str, kind: &str) -> Problem {
    HW167
        .problem(format!("{} is a {kind} repository; only git ones are fetched", shown(url)))
        .about(named(package))
        .at(place)
}

/// `known` are the members that the lockfile has.
pub fn unknown_member(file: &str, name: &str, known: &[String]) -> Problem {
    let hint = match known {
        [] => "it is the lockfile of one project: do not choose one".to_owned(),
        known => format!(
            "choose one of {}; if it is new, write the lockfile again with `uv lock`",
            known.join(", ")
        ),
    };
    HW168
        .problem("it is not one of the projects that the lockfile is for")
        .with_hint(hint)
        .about(named(name))
        .at(file)
}

/// Of a lockfile that is for one project, or does not say for which.
pub fn no_members(file: &str, name: &str) -> Problem {
    unknown_member(file, name, &[])
        .with_message("it is asked for, and the lockfile has no workspace members to choose from")
        .with_hint("use neither `--package` nor `package` of [python] in headwater.toml")
}

/// A problem that npm's lockfiles have as well, with the remedy for a lockfile that the command `relock` writes.
pub fn of_python(problem: Problem, relock: &str) -> Problem {
    use super::{HW101, HW105, HW110, HW113, HW115, HW116, HW120, HW121, HW122, HW123, HW124, HW125, HW131};
    let rewrite = format!("write the file again with `{relock}`");
    let hint = match *problem.kind {
        HW101 => format!("resolve the conflict, then {rewrite}"),
        HW105 => {
            "find what makes it so large; a lockfile that a tool wrote stays far below this limit".to_owned()
        }
        HW110 | HW113 | HW115 | HW116 | HW131 => rewrite,
        HW120 => "name the commit by all its 40 digits; the tools that lock do".to_owned(),
        HW121 => "give the repository as git+https://host/owner/name.git@<commit>".to_owned(),
        HW123 => "if it is your own index, name it in the settings of pip or uv (index-url), which makes it trusted"
            .to_owned(),
        HW124 => {
            "move them to netrc, take them out of the file, and revoke them if the file was shared".to_owned()
        }
        HW122 | HW125 => format!("correct the address, or {rewrite}"),
        _ => return problem,
    };
    problem.with_hint(hint)
}

/// Whether a requirement is not pinned, or names what is not fetched: nothing to stop at where it is never installed.
pub fn is_unpinned(problem: &Problem) -> bool {
    use super::{HW120, HW122};
    matches!(*problem.kind, HW120 | HW122 | HW150 | HW167)
}
