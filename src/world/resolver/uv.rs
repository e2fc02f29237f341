//! uv: pins for every environment at once, with the hashes of all files.

use super::{Ask, Given, PATIENCE, ResolveError, Resolved, explanation, problem, process, said, version};
use crate::lockfile::python::Asked;

/// `None` where there is no uv.
pub async fn resolve(ask: &Ask<'_>, asked: &Asked, given: &Given) -> Result<Option<Resolved>, ResolveError> {
    let Some(version) = version(process::command(ask.programs.uv).arg("--version")).await? else {
        return Ok(None);
    };
    let by = format!("uv {version}");
    let mut command = process::command(ask.programs.uv);
    // `--no-build`: no code of a package is run. In the project's folder, whose settings count.
    command.current_dir(ask.folder).args([
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-build",
    ]);
    command.args(["--no-annotate", "--no-header", "--no-progress", "--quiet", "--no-python-downloads"]);
    if let Some(oldest) = &asked.oldest_python {
        command.args(["--python-version", &oldest.to_string()]);
    }
    if let Some(constraints) = &given.constraints {
        command.args(["--constraints", constraints]);
    }
    // Not among the arguments, which others on this machine can read.
    command.envs(ask.index.map(|index| ("UV_DEFAULT_INDEX", index.as_str())));
    let output = process::run(command.arg(&given.requirements), PATIENCE).await?;
    if !output.status.success() {
        let said = said(&output);
        let found = explanation::without_wheels(&String::from_utf8_lossy(&output.stderr));
        let problem = match found {
            Some(found) if found.is_empty() => problem::needs_build(ask.file, &by, &said),
            Some(found) => problem::needs_build(ask.file, &by, &found.join("; ")),
            None => problem::unsatisfied(ask.file, &by, &said),
        };
        return Err(problem.into());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Some(Resolved { text, by, asked: asked.requirements.len(), pinned: 0, one_file: 0, only_for: None }))
}
