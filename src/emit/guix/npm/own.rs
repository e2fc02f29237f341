//! The project itself, as its definition has it.

use super::model::OwnPackage;
use crate::about;
use crate::emit::model::npm::{Project, context};
use crate::policy::Start;

/// What is said of the project.
pub fn own(project: &Project) -> OwnPackage {
    let context = context(project);
    let manifest = project.root();
    let named = context.programs.iter().filter_map(|(name, command)| match &command.start {
        Start::File(file) => Some((name.clone(), file.to_string())),
        Start::Module(_) | Start::Program(_) => None,
    });
    let named: Vec<_> = named.collect();
    let scripts = context.scripts.iter();
    OwnPackage {
        module: if context.name.is_empty() { context.pname.clone() } else { context.name },
        name: context.pname,
        version: context.version,
        build: context.build,
        // `npm run` knows no node-gyp of an addon without a script.
        scripts: scripts
            .filter(|script| {
                script.in_build && project.manifests[&script.folder]["scripts"][script.event].is_string()
            })
            .map(|script| (script.folder.to_string(), script.event.to_owned()))
            .collect(),
        environment: project.own.env.clone(),
        files: context.files,
        programs: context.bins.into_iter().chain(named).collect(),
        start: context.start,
        about: about::npm(manifest),
    }
}
