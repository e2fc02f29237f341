//! Nix itself: build backends are asked in its sandbox what they need, and packages are built there. Their code never
//! runs on the user's machine itself.

mod attribute;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use super::disk::{self, DiskError, Output};
use super::process::{self, ProcessError};
use crate::emit::Files;
use crate::graph::Location;
pub use attribute::{Attribute, Made};

/// How long one question may take: an interpreter and the package set may have to be downloaded first.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a package may take to build, with all that has to be downloaded or built first.
const BUILD: Duration = Duration::from_secs(3600);
/// The largest answer, in bytes.
const ANSWER: u64 = 1 << 20;

/// Which packages a build takes its tools from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nixpkgs {
    /// `<nixpkgs>`, else the flake of that name.
    Usual,
    /// A folder, or anything that `import` takes.
    At(PathBuf),
}

impl Nixpkgs {
    /// The package set, as a Nix expression.
    fn expression(&self) -> String {
        match self {
            Self::At(path) => format!("import (/. + {}) {{ }}", quoted(path)),
            Self::Usual => "let found = builtins.tryEval <nixpkgs>; in if found.success then import found.value { } \
                            else (builtins.getFlake \"flake:nixpkgs\").legacyPackages.${builtins.currentSystem}"
                .to_owned(),
        }
    }
}

/// Why a backend could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum NixError {
    #[error("there is no nix-build")]
    Absent,
    #[error("{0}")]
    Failed(String),
    /// A package: the line that says most, and all that Nix and the builders said.
    #[error("{why}")]
    Build { why: String, log: String },
    #[error(transparent)]
    Process(ProcessError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("a folder for it cannot be made: {0}")]
    Folder(std::io::Error),
}

impl NixError {
    /// Whether Nix could not download what it needs.
    pub fn is_network(&self) -> bool {
        let signs = ["unable to download", "Could not resolve", "Couldn't resolve", "Couldn't connect"];
        matches!(self, Self::Failed(why) | Self::Build { why, .. } if signs.iter().any(|sign| why.contains(sign)))
    }
}

/// What the library's `requirements` of a package says.
#[derive(Deserialize)]
struct Answer {
    dynamic: Vec<String>,
}

/// The emitted files of a project in a folder of their own, to ask about its builds. The folder goes with it.
#[derive(Debug)]
pub struct Asked {
    folder: tempfile::TempDir,
    nixpkgs: Nixpkgs,
}

impl Asked {
    /// A folder for the files; they are written by [`Asked::with`].
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn new(nixpkgs: Nixpkgs) -> Result<Self, NixError> {
        let folder = tempfile::Builder::new().prefix("headwater-").tempdir().map_err(NixError::Folder)?;
        Ok(Self { folder, nixpkgs })
    }

    /// The folder, without links on the way.
    ///
    /// # Errors
    /// A folder that is gone.
    pub fn path(&self) -> Result<PathBuf, NixError> {
        Ok(disk::real(self.folder.path())?)
    }

    /// Puts the files of `nix/headwater/` there.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn with(&self, files: &Files) -> Result<(), NixError> {
        let whole = Location::new(crate::emit::nix::FOLDER).unwrap_or(Location::root());
        let outputs: BTreeMap<Location, Output> = files
            .iter()
            .filter_map(|(path, text)| {
                let path = Location::new(&format!("{whole}/{path}")).ok()?;
                Some((path, Output::from(text.clone())))
            })
            .collect();
        Ok(disk::write(self.folder.path(), &outputs, &[whole], &[])?)
    }

    /// What the backend of a package (its key in the emitted files) asks for beyond what is written (PEP 508).
    ///
    /// # Errors
    /// No Nix, no nixpkgs, an environment that cannot be built, a backend that fails.
    pub async fn requirements(&self, key: &str) -> Result<Vec<String>, NixError> {
        let path = self.folder.path();
        let expression = format!(
            "(import (/. + {}) {{ pkgs = {}; }}).requirements.{}",
            quoted(&path.join(crate::emit::nix::FOLDER)),
            self.nixpkgs.expression(),
            text(key),
        );
        let path = built(&expression, path, PATIENCE).await?;
        let answer = disk::read_text(&path, ANSWER)?;
        let answer: Answer =
            serde_json::from_str(&answer).map_err(|error| NixError::Failed(error.to_string()))?;
        Ok(answer.dynamic)
    }
}

/// Builds what a file of nixpkgs gives; `files` are that file, by the name `package.nix`, and those beside it. `set` is the
/// attribute of the package set that it is called from, with a dot in front; `""` for the whole.
///
/// # Errors
/// No Nix, no nixpkgs, a build that fails.
pub async fn build_package(
    nixpkgs: &Nixpkgs,
    set: &str,
    files: &[(&str, &[u8])],
) -> Result<PathBuf, NixError> {
    let folder = tempfile::Builder::new().prefix("headwater-").tempdir().map_err(NixError::Folder)?;
    let mut outputs = BTreeMap::new();
    for (name, bytes) in files {
        let location = Location::new(name).unwrap_or(Location::root());
        outputs.insert(location, Output { bytes: bytes.to_vec(), executable: false });
    }
    disk::write(folder.path(), &outputs, &[], &[])?;
    let file = disk::real(folder.path())?.join("package.nix");
    let expression = format!("({}){set}.callPackage (/. + {}) {{ }}", nixpkgs.expression(), quoted(&file));
    let mut command = sandboxed();
    command.current_dir(folder.path());
    let built = exited(command, &expression, BUILD).await?;
    built.map(PathBuf::from).map_err(|log| NixError::Build { why: why(&log), log })
}

/// The releases of Node that nixpkgs has.
#[derive(Debug, Deserialize)]
pub struct NodeReleases {
    /// The version of `nodejs`.
    pub own: String,
    /// The attributes `nodejs_MAJOR` that can be used: what is out of support throws.
    pub others: Vec<String>,
}

/// The releases of Node that nixpkgs has.
///
/// # Errors
/// No Nix, a nixpkgs that cannot be read.
pub async fn node_releases(nixpkgs: &Nixpkgs) -> Result<NodeReleases, NixError> {
    let expression = format!(
        r#"let
          pkgs = {};
          isRelease = name: builtins.match "nodejs_[0-9]+" name != null;
          isUsable = name: (builtins.tryEval (builtins.seq pkgs.${{name}}.outPath true)).success;
        in {{
          own = pkgs.nodejs.version;
          others = builtins.filter (name: isRelease name && isUsable name) (builtins.attrNames pkgs);
        }}"#,
        nixpkgs.expression()
    );
    evaluated(&expression).await
}

/// Whether nixpkgs has an attribute of this name.
///
/// # Errors
/// No Nix, no nixpkgs.
pub async fn has_attribute(nixpkgs: &Nixpkgs, name: &str) -> Result<bool, NixError> {
    let expression = format!("builtins.hasAttr {} ({})", text(name), nixpkgs.expression());
    let mut command = process::command("nix-instantiate");
    command.args(["--eval", "--json"]);
    Ok(said(command, &expression, PATIENCE).await? == "true")
}

/// The folder that `<nixpkgs>` is; `None` where there is none, or no Nix.
pub async fn usual_nixpkgs() -> Option<PathBuf> {
    let mut command = process::command("nix-instantiate");
    command.args(["--find-file", "nixpkgs"]);
    let output = process::run(&mut command, PATIENCE).await.ok()?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    (output.status.success() && disk::is_there(&path)).then_some(path)
}

/// The names in `python3Packages`.
///
/// # Errors
/// No Nix, a nixpkgs that cannot be read.
pub async fn python_names(nixpkgs: &Nixpkgs) -> Result<BTreeSet<String>, NixError> {
    let expression = format!("builtins.attrNames ({}).python3Packages", nixpkgs.expression());
    evaluated(&expression).await
}

/// The versions of some of them, `""` for one that has none or cannot be evaluated.
///
/// # Errors
/// No Nix, a nixpkgs that cannot be read.
pub async fn python_versions(
    nixpkgs: &Nixpkgs,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, NixError> {
    let names: String = names.iter().map(|name| format!("{} ", text(name))).collect();
    let expression = format!(
        "let all = ({}).python3Packages; version = name: let found = builtins.tryEval (all.${{name}}.version or \"\"); \
         in if found.success then found.value else \"\"; in builtins.listToAttrs (map (name: {{ inherit name; \
         value = version name; }}) [ {names}])",
        nixpkgs.expression()
    );
    evaluated(&expression).await
}

/// What an expression is, read as JSON.
async fn evaluated<T: for<'de> Deserialize<'de>>(expression: &str) -> Result<T, NixError> {
    let mut command = process::command("nix-instantiate");
    command.args(["--eval", "--json", "--strict"]);
    let said = said(command, expression, PATIENCE).await?;
    serde_json::from_str(&said).map_err(|error| NixError::Failed(error.to_string()))
}

/// Runs nix-build in the sandbox, and gives the result's path.
async fn built(expression: &str, folder: &Path, patience: Duration) -> Result<PathBuf, NixError> {
    let mut command = sandboxed();
    command.current_dir(folder);
    said(command, expression, patience).await.map(PathBuf::from)
}

/// `nix-build`: what a build does must stay in the sandbox.
fn sandboxed() -> Command {
    let mut command = process::command("nix-build");
    command.args(["--no-out-link", "--option", "sandbox", "true", "--option", "sandbox-fallback", "false"]);
    command
}

/// What a program of Nix says of an expression.
async fn said(command: Command, expression: &str, patience: Duration) -> Result<String, NixError> {
    exited(command, expression, patience).await?.map_err(|stderr| NixError::Failed(why(&stderr)))
}

/// The same; `Err` is what it said on its way to a failure.
async fn exited(
    mut command: Command,
    expression: &str,
    patience: Duration,
) -> Result<Result<String, String>, NixError> {
    command.args(["--extra-experimental-features", "nix-command flakes"]);
    // A registry of flakes that does not answer is not waited for.
    command.args(["--option", "connect-timeout", "15", "-E", expression]);
    let output = match process::run(&mut command, patience).await {
        Err(ProcessError::Start { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(NixError::Absent);
        }
        output => output.map_err(NixError::Process)?,
    };
    Ok(match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

/// The line that says most: the last of a failed builder's log that is not our own summary of it, else the first that
/// begins with `error:` and says something, else the last.
fn why(said: &str) -> String {
    let said = anstream::adapter::strip_str(said).to_string();
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    // What the builder said stands between Nix's own lines, or behind a sign at its end.
    let (mut own, mut quoted) = (None, None);
    for line in lines().take_while(|line| !line.starts_with("error:")) {
        match line.starts_with("building '/") || line.starts_with("/nix/store/") || line.ends_with("built:") {
            true => own = None,
            false if says_something(line) => own = Some(line),
            false => {}
        }
    }
    let after = lines().skip_while(|line| !line.ends_with(" log lines:"));
    for line in
        after.filter_map(|line| line.strip_prefix('>')).map(str::trim).filter(|line| says_something(line))
    {
        quoted = Some(line);
    }
    let failed = lines().any(|line| line.starts_with("error: builder for "));
    let log = quoted.or(own).filter(|_| failed);
    let mut errors = lines().filter_map(|line| line.strip_prefix("error:")).map(str::trim);
    let first = log.or_else(|| errors.find(|line| !line.is_empty())).or(lines().next_back());
    crate::printable::printable(first.unwrap_or("nix-build failed and said nothing"))
        .chars()
        .take(400)
        .collect()
}

/// Whether a line of a builder is no summary of ours, and none of what npm says behind every error.
fn says_something(line: &str) -> bool {
    const BEHIND: [&str; 4] =
        ["A complete log of this run", "Log files were not written", "You can rerun the command", "path /"];
    let of_npm = line.strip_prefix("npm error").or_else(|| line.strip_prefix("npm ERR!"));
    let is_behind = |rest: &str| rest.is_empty() || BEHIND.iter().any(|start| rest.starts_with(start));
    !line.is_empty() && !line.starts_with("headwater: ") && !of_npm.is_some_and(|rest| is_behind(rest.trim()))
}

fn quoted(path: &Path) -> String {
    text(&path.display().to_string())
}

fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(text("a\"${b}\\"), "\"a\\\"\\${b}\\\\\"");
    }

    #[test]
    fn what_is_a_matter_of_the_network() {
        for (why, expected) in [
            ("unable to download 'https://a.example/x': Could not resolve hostname (6)", true),
            ("a 'aarch64-linux' is required to build '/nix/store/x.drv', but I am a 'x86_64-linux'", false),
            ("ConfigError: require flit_core<4", false),
        ] {
            assert_eq!(NixError::Failed(why.to_owned()).is_network(), expected, "{why}");
        }
    }

    #[test]
    fn the_line_that_says_why() {
        assert_eq!(why("trace: x\nerror:\n  error: the builder failed\n"), "the builder failed");
        assert_eq!(why("one\ntwo\n"), "two");
        // Of a builder it is the last line of its log that is not ours, wherever the log stands.
        let behind = "building '/nix/store/x.drv'...\nTraceback\nConfigError: require flit_core<4\n\
            headwater: a 1.0: the hook failed (above)\nerror: builder for '/nix/store/x.drv' failed with exit code 1\n";
        assert_eq!(why(behind), "ConfigError: require flit_core<4");
        let quoted = "error: builder for '/nix/store/x.drv' failed with exit code 1;\n       last 2 log lines:\n       \
            > ConfigError: require flit_core<4\n       > headwater: a 1.0: the hook failed (above)\n       \
            For full logs, run 'nix log /nix/store/x.drv'.\nerror: 1 dependencies of derivation failed to build\n";
        assert_eq!(why(quoted), "ConfigError: require flit_core<4");
        // What npm says behind every error tells nothing, and its echo of a script is no quotation.
        let npm = "building '/nix/store/x.drv'...\n> a@1 build\n> node build.js\n\u{1b}[1mnpm\u{1b}[22m error request to https://a.example failed\n\
            npm error Log files were not written\nnpm error\nerror: builder for '/nix/store/x.drv' failed with exit code 1\n";
        assert_eq!(why(npm), "npm error request to https://a.example failed");
        let silent =
            "building '/nix/store/x.drv'...\nerror: builder for '/nix/store/x.drv' failed with exit code 1\n";
        assert_eq!(why(silent), "builder for '/nix/store/x.drv' failed with exit code 1");
    }
}
