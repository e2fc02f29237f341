//! The real Nix, with the sandbox on and no network in builds, over the stand-in for nixpkgs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::project::{Project, Run, output};

/// The stand-in for nixpkgs.
pub fn hostpkgs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostpkgs")
}

/// Never `/etc`, nor `/etc/ssl`: Nix makes files of its own there and would empty the machine's (hosts,
/// resolv.conf, certificates).
const SANDBOX_PATHS: &str =
    "/usr /bin /lib /lib64 /etc/ssl/certs/ca-certificates.crt /etc/alternatives /etc/ld.so.cache";

/// A Nix command with the options of a hermetic build.
pub fn nix(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--extra-experimental-features", "nix-command flakes"])
        .args(["--option", "substituters", ""])
        .args(["--option", "sandbox", "true", "--option", "sandbox-fallback", "false"])
        .args(["--option", "sandbox-paths", SANDBOX_PATHS]);
    if !Path::new("/nix/var/nix/daemon-socket/socket").exists() {
        command.args(["--option", "build-users-group", ""]);
    }
    command
}

/// The same as settings, for a Nix that the tool starts itself (`NIX_CONFIG`).
pub fn config() -> String {
    let daemon = Path::new("/nix/var/nix/daemon-socket/socket").exists();
    let users = if daemon { "" } else { "build-users-group =\n" };
    format!("substituters =\nsandbox-paths = {SANDBOX_PATHS}\n{users}")
}

/// A copy of the stand-in whose git has this configuration, for flakes: these take no arguments.
pub fn hostpkgs_with(git_config: &str) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().expect("a folder");
    for entry in std::fs::read_dir(hostpkgs()).expect("the stand-in").flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("writable");
    }
    let config = format!("{{ gitConfig = {}; }}\n", quoted(git_config));
    std::fs::write(folder.path().join("local.nix"), config).expect("writable");
    folder
}

/// A folder that imports as the stand-in whose git has this configuration.
pub fn nixpkgs_with(git_config: &str) -> tempfile::TempDir {
    nixpkgs_and(git_config, "pkgs: { }")
}

/// The same with what a function of the package set gives besides.
pub fn nixpkgs_and(git_config: &str, more: &str) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (set, config) = (hostpkgs(), quoted(git_config));
    let text = format!(
        "given: let pkgs = import {} (given // {{ config.gitConfig = {config}; }}); in pkgs // ({more}) pkgs\n",
        set.display()
    );
    std::fs::write(folder.path().join("default.nix"), text).expect("writable");
    folder
}

/// A flake command in the project's folder, over this stand-in for nixpkgs. A command of two words is one
/// argument.
pub fn flake(project: &Project, hostpkgs: &Path, arguments: &[&str]) -> Run {
    let input = format!("path:{}", hostpkgs.display());
    let mut command = nix("nix");
    command
        .current_dir(project.path())
        .args(arguments[0].split(' '))
        .args(["--no-write-lock-file", "--override-input", "nixpkgs", &input])
        .args(&arguments[1..]);
    output(&mut command)
}

fn quoted(text: &str) -> String {
    format!("{text:?}").replace("${", "\\${")
}

/// What builds are given of this machine beside /usr.
#[derive(Default)]
pub struct Machine {
    /// The configuration of git.
    pub git_config: String,
    /// A Rust toolchain outside of /usr.
    pub rust: Option<PathBuf>,
    /// What the package set has besides, as the text of an overlay.
    pub overlay: Option<&'static str>,
}

impl Machine {
    /// With the Rust that `cargo` runs, wherever it is.
    pub fn with_rust() -> Self {
        let run = output(Command::new("rustc").args(["--print", "sysroot"]));
        assert_eq!(run.code, 0, "{}", run.stderr);
        let sysroot = PathBuf::from(run.stdout.trim());
        Self { rust: (sysroot != Path::new("/usr")).then_some(sysroot), ..Self::default() }
    }

    /// The stand-in's `config`, as a Nix expression.
    fn config(&self) -> String {
        let rust = self.rust.as_ref().map(|rust| format!("rust = {}; ", quoted(&rust.display().to_string())));
        format!("{{ gitConfig = {}; {}}}", quoted(&self.git_config), rust.unwrap_or_default())
    }
}

/// The entry of a converted project, called over the stand-in, as a Nix expression; `attribute` is what is
/// wanted of it (`""` for the project itself, `.nodeModules`).
fn expression(project: &Path, machine: &Machine, attribute: &str) -> String {
    format!(
        "((import {} {{ config = {}; overlays = [ {} ]; }}).callPackage (/. + {}) {{ }}){attribute}",
        hostpkgs().display(),
        machine.config(),
        machine.overlay.map(|text| format!("({text})")).unwrap_or_default(),
        quoted(&project.join("nix/headwater").display().to_string()),
    )
}

/// Builds and gives the result's path, or what Nix said.
pub fn try_build_on(project: &Project, machine: &Machine, attribute: &str) -> Result<PathBuf, String> {
    let mut command = nix("nix-build");
    if let Some(rust) = &machine.rust {
        command.args(["--option", "extra-sandbox-paths"]).arg(rust);
    }
    command.args(["--no-out-link", "-E", &expression(project.path(), machine, attribute)]);
    let run: Run = output(&mut command);
    if run.code == 0 { Ok(PathBuf::from(run.stdout.trim())) } else { Err(run.stderr) }
}

/// The same with this configuration of git.
pub fn try_build(project: &Project, git_config: &str, attribute: &str) -> Result<PathBuf, String> {
    let machine = Machine { git_config: git_config.to_owned(), ..Machine::default() };
    try_build_on(project, &machine, attribute)
}

#[track_caller]
pub fn build(project: &Project, git_config: &str, attribute: &str) -> PathBuf {
    try_build(project, git_config, attribute).unwrap_or_else(|error| panic!("{error}"))
}

/// The same of a project that was converted into a folder of this one.
#[track_caller]
pub fn build_in(project: &Project, folder: &str, attribute: &str) -> PathBuf {
    let mut command = nix("nix-build");
    let at = project.path().join(folder);
    command.args(["--no-out-link", "-E", &expression(&at, &Machine::default(), attribute)]);
    let run: Run = output(&mut command);
    assert_eq!(run.code, 0, "{}", run.stderr);
    PathBuf::from(run.stdout.trim())
}

/// Builds what a file gives that `callPackage` of a package set takes (`.python3Packages`; `""` for the whole).
pub fn try_build_file(set: &str, file: &Path, git_config: &str) -> Result<PathBuf, String> {
    let machine = Machine { git_config: git_config.to_owned(), ..Machine::default() };
    let expression = format!(
        "(import {} {{ config = {}; }}){set}.callPackage (/. + {}) {{ }}",
        hostpkgs().display(),
        machine.config(),
        quoted(&file.display().to_string()),
    );
    let run: Run = output(nix("nix-build").args(["--no-out-link", "-E", &expression]));
    if run.code == 0 { Ok(PathBuf::from(run.stdout.trim())) } else { Err(run.stderr) }
}

/// Builds an expression whose evaluation may build nothing.
pub fn build_without_import(expression: &str) -> Run {
    let options = ["--option", "allow-import-from-derivation", "false", "--no-out-link"];
    output(nix("nix-build").args(options).args(["-E", expression]))
}

/// What keeps something from being evaluated, if anything does.
pub fn try_evaluate(project: &Project, attribute: &str) -> Result<(), String> {
    let expression = expression(project.path(), &Machine::default(), &format!("{attribute}.outPath"));
    let run = output(nix("nix-instantiate").args(["--eval", "-E", &expression]));
    if run.code == 0 { Ok(()) } else { Err(run.stderr) }
}

/// The text that something is, and what was said while it was evaluated.
#[track_caller]
pub fn text_on(project: &Project, machine: &Machine, attribute: &str) -> (String, String) {
    let expression = expression(project.path(), machine, attribute);
    let run = output(nix("nix-instantiate").args(["--eval", "--json", "-E", &expression]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    (run.json().as_str().expect("a text").to_owned(), run.stderr)
}

/// The output path of something, without building it.
#[track_caller]
pub fn output_path(project: &Project, attribute: &str) -> String {
    evaluated(project, &format!("{attribute}.outPath"))
}

/// The value of an attribute of the project, as JSON.
#[track_caller]
pub fn evaluated(project: &Project, attribute: &str) -> String {
    let expression = expression(project.path(), &Machine::default(), attribute);
    let run = output(nix("nix-instantiate").args(["--eval", "--strict", "--json", "-E", &expression]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout.trim().to_owned()
}

/// Runs a program as the builder of a derivation, over a machine that has these folders alone: what it wrote to the
/// file `$out`, or what Nix said.
pub fn run_over(folders: &str, program: &Path) -> Result<String, String> {
    let program = quoted(&program.display().to_string());
    let item = program.trim_matches('"').split('/').take(4).collect::<Vec<_>>().join("/");
    let expression = format!(
        "derivation {{ name = \"ran\"; system = builtins.currentSystem; item = builtins.storePath \"{item}\"; builder = {program}; }}"
    );
    let run = output(nix("nix-build").args(["--option", "sandbox-paths", folders]).args([
        "--no-out-link",
        "-E",
        &expression,
    ]));
    if run.code != 0 {
        return Err(run.stderr);
    }
    Ok(std::fs::read_to_string(run.stdout.trim()).expect("a file"))
}

/// Runs a program of the result with an empty environment, and gives what it printed.
#[track_caller]
pub fn run(program: &Path, arguments: &[&str]) -> String {
    let run = output(Command::new(program).args(arguments).env_clear().env("HOME", "/nonexistent"));
    assert_eq!(run.code, 0, "{}: {}{}", program.display(), run.stdout, run.stderr);
    run.stdout.trim().to_owned()
}
