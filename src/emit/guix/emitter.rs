//! What Guix is given of a project: a folder of modules, and the files beside it where there are none.

use super::{CHANNEL, DEPTH, MANIFEST, MARK, MODULES, PROJECT, names, npm, python};
use crate::emit::model::{Of, Part};
use crate::emit::{Emitted, Emitter, Files, Folder, Foreign, Next, Once};
use crate::pins::Pins;
use crate::problem::guix as problem;

/// Where lists, patches, recipes and scripts lie, in a project's folder of modules.
const DATA: [&str; 5] =
    ["packages/files/", "packages/patches/", "packages/rebuilds/", "build/js/", "build/rebuild/"];

/// The emitter.
pub struct Guix;

impl Emitter for Guix {
    fn emit(&self, part: &Part<'_>, pins: &Pins) -> anyhow::Result<Emitted> {
        let path = part.layout.to_project(DEPTH);
        let (name, files, warnings, builds) = match &part.of {
            Of::Npm(npm) => {
                let own = npm::own(npm.project);
                let (files, warnings) = npm::of_part(npm, &own, pins, &path)?;
                (own.name, files, warnings, npm.missing.is_empty())
            }
            Of::Python(python) => {
                let Some(built) = &python.built else { return Ok(Emitted::default()) };
                let emitted = python::of_part(python, built, pins, &path)?;
                let warnings = emitted.warnings.iter().map(|warning| problem::incomplete(warning)).collect();
                (built.project.pname.clone(), emitted.files, warnings, emitted.builds)
            }
        };
        let module = names::module(&name);
        let folder = folder(&name);
        let prefix = format!("{folder}/");
        let (below, beside): (Files, Files) =
            files.into_iter().partition(|(path, _)| path.starts_with(&prefix));
        let below = below.into_iter().map(|(path, text)| (path[prefix.len()..].to_owned(), text));
        let once = beside.into_iter().map(|(path, text)| {
            let mention = (path != CHANNEL).then(|| format!("({module} "));
            Once { path, text, mention }
        });
        let next = Next {
            with_ours: vec![
                format!("guix build -f {PROJECT}      # the project, from these sources"),
                format!("guix shell -m {MANIFEST}  # a shell with its dependencies"),
            ],
            with_theirs: vec![format!(
                "guix build -L {MODULES} -e '(@ ({module} packages project) project)'"
            )],
        };
        Ok(Emitted {
            folder: Some(Folder {
                path: folder,
                files: below.collect(),
                foreign: Some(Foreign { wrote, problem: problem::foreign }),
            }),
            once: once.collect(),
            // What cannot be built yet is not recommended to be built.
            next: if builds { next } else { Next::default() },
            warnings,
            ..Emitted::default()
        })
    }

    fn writes(&self, path: &str, project: Option<&str>) -> bool {
        let folder = project.map_or_else(|| MODULES.to_owned(), folder);
        [CHANNEL, PROJECT, MANIFEST].contains(&path)
            || path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The folder of a project's modules.
fn folder(project: &str) -> String {
    format!("{MODULES}/{}", names::module(project))
}

/// Lists, patches, recipes and scripts lie in folders of their own, and modules say at their head whose they are.
fn wrote(path: &str, text: &str) -> bool {
    let is_data = |folder: &&str| path.strip_prefix(*folder).is_some_and(|name| !name.contains('/'));
    let is_marked =
        || text.lines().take_while(|line| line.starts_with(";;;")).any(|line| line.contains(MARK));
    DATA.iter().any(is_data) || (path.ends_with(".scm") && is_marked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_others_are_known() {
        let marked = format!(";;; {MARK}\n(define-module (a))\n");
        for (path, text, is_ours) in [
            ("packages/node.scm", marked.as_str(), true),
            ("packages/node.scm", "(define-module (a))\n", false),
            ("packages/node.txt", &marked, false),
            ("packages/files/node-a", "index.js\n", true),
            ("packages/files/sub/node-a", "index.js\n", false),
            ("packages/patches/a.patch", "", true),
        ] {
            assert_eq!(wrote(path, text), is_ours, "{path}");
        }
    }
}
