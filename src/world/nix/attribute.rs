//! What is built of a converted project, and whether this machine built it.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{BUILD, NixError, Nixpkgs, PATIENCE, evaluated, exited, quoted, said, sandboxed, text};
use crate::printable::printable;
use crate::world::process;

/// What a rebuild left in the store.
#[derive(Clone, Debug)]
pub struct Made {
    pub path: PathBuf,
    /// Whether this machine built it, now or before; a result of a cache is not a rebuild.
    pub built_here: bool,
    /// Two builds gave different results.
    pub differs: bool,
}

/// What is built of a converted project: the names that lead to it in the emitted files.
#[derive(Clone, Debug)]
pub struct Attribute {
    expression: String,
    project: PathBuf,
}

impl Attribute {
    pub fn new(nixpkgs: &Nixpkgs, project: &Path, names: &[&str]) -> Self {
        let emitted = project.join(crate::emit::nix::FOLDER);
        let names: String = names.iter().map(|name| format!(".{}", text(name))).collect();
        let expression =
            format!("(import (/. + {}) {{ pkgs = {}; }}){names}", quoted(&emitted), nixpkgs.expression());
        Self { expression, project: project.to_owned() }
    }

    fn command(&self) -> Command {
        let mut command = sandboxed();
        command.current_dir(&self.project);
        command
    }

    /// Builds it. With `twice` it is built once more where it is there already, and both results are compared.
    ///
    /// # Errors
    /// No Nix, no nixpkgs, a build that fails.
    pub async fn made(&self, twice: bool) -> Result<Made, NixError> {
        let path = PathBuf::from(said(self.command(), &self.expression, BUILD).await?);
        let mut differs = false;
        if twice {
            let mut command = self.command();
            command.arg("--check");
            match said(command, &self.expression, BUILD).await {
                Ok(_) => {}
                Err(NixError::Failed(why)) if why.contains("may not be deterministic") => differs = true,
                Err(error) => return Err(error),
            }
        }
        let mut ask = process::command("nix");
        ask.args(["--extra-experimental-features", "nix-command", "path-info", "--json"]).arg(&path);
        let output = process::run(&mut ask, PATIENCE).await.map_err(NixError::Process)?;
        // What a cache gave, and a build here gave again, was built here.
        let built_here = is_ultimate(&String::from_utf8_lossy(&output.stdout)) || (twice && !differs);
        Ok(Made { path, built_here, differs })
    }

    /// The same of what may fail for its own sake: `Err` has the log of its own builder, which failed.
    ///
    /// # Errors
    /// No Nix, no nixpkgs, something that it needs and that cannot be had.
    pub async fn made_or_log(&self, twice: bool) -> Result<Result<Made, Vec<String>>, NixError> {
        let error = match self.made(twice).await {
            Ok(made) => return Ok(Ok(made)),
            Err(error) => error,
        };
        if !matches!(error, NixError::Failed(_)) || error.is_network() {
            return Err(error);
        }
        // It is asked which derivation that is, and built again for the log: the first answer is a line.
        let derivation: String = evaluated(&format!("({}).drvPath", self.expression)).await?;
        match exited(self.command(), &self.expression, BUILD).await? {
            Err(stderr) if is_its_builder(&stderr, &derivation) => Ok(Err(log(&stderr))),
            _ => Err(error),
        }
    }
}

/// Whether what Nix said is that the builder of this derivation failed, and not one that it needs.
fn is_its_builder(stderr: &str, derivation: &str) -> bool {
    let mut lines = stderr.lines();
    let old = format!("builder for '{derivation}' failed");
    let new = format!("Cannot build '{derivation}'");
    while let Some(line) = lines.next() {
        if line.contains(&old) {
            return true;
        }
        // Since Nix 2.30 the reason stands in the next line.
        if line.contains(&new) {
            return lines.next().is_some_and(|reason| reason.contains("builder failed"));
        }
    }
    false
}

/// What the last builder said.
fn log(stderr: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in stderr.lines().take_while(|line| !line.starts_with("error:")) {
        match line.starts_with("building '/") {
            true => lines.clear(),
            false => lines.push(printable(line)),
        }
    }
    lines
}

/// Whether what `nix path-info --json` tells was built on this machine: it calls that `ultimate`.
fn is_ultimate(told: &str) -> bool {
    let told: serde_json::Value = serde_json::from_str(told).unwrap_or_default();
    // Nix before 2.19 gives a list, later ones a set by path.
    let first = match &told {
        serde_json::Value::Array(all) => all.first(),
        serde_json::Value::Object(all) => all.values().next(),
        _ => None,
    };
    first.is_some_and(|info| info["ultimate"] == true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_here_is_told_by_every_nix() {
        for (told, expected) in [
            (r#"[{ "path": "/nix/store/x", "ultimate": true }]"#, true),
            (r#"{ "/nix/store/x": { "ultimate": true } }"#, true),
            (r#"{ "/nix/store/x": { "ultimate": false } }"#, false),
            (r#"{ "/nix/store/x": { "signatures": [] } }"#, false),
            ("", false),
        ] {
            assert_eq!(is_ultimate(told), expected, "{told}");
        }
    }

    #[test]
    fn whose_builder_failed() {
        const OWN: &str = "/nix/store/a-own.drv";
        for (said, expected) in [
            (
                "building '/nix/store/a-own.drv'...\nx\nerror: builder for '/nix/store/a-own.drv' failed with exit code 1",
                true,
            ),
            (
                "error: Cannot build '/nix/store/a-own.drv'.\n       Reason: builder failed with exit code 1.",
                true,
            ),
            ("error: Cannot build '/nix/store/a-own.drv'.\n       Reason: 1 dependency failed.", false),
            (
                "error: builder for '/nix/store/b-other.drv' failed with exit code 1;\n\
                 error: 1 dependencies of derivation '/nix/store/a-own.drv' failed to build",
                false,
            ),
            ("error: timed out", false),
        ] {
            assert_eq!(is_its_builder(said, OWN), expected, "{said}");
        }
        let said =
            "building '/nix/store/b.drv'...\none\nbuilding '/nix/store/a.drv'...\ntwo\nthree\nerror: x";
        assert_eq!(log(said), ["two", "three"]);
    }
}
