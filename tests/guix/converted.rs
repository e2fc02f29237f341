//! A converted project in the root with Guix.

use std::path::PathBuf;

use crate::support::guix::Guix;
use crate::support::nonce;
use crate::support::project::{Project, Run};

pub struct Converted<'a> {
    guix: &'a Guix,
    /// In the root.
    folder: String,
    /// The emitted Scheme, by path.
    files: Vec<(String, String)>,
}

impl<'a> Converted<'a> {
    pub fn new(guix: &'a Guix, project: &Project) -> Self {
        // Short: `guix lint` counts the whole path of a patch.
        let number = nonce();
        let folder =
            guix.copy(project.path(), &format!("p{}", number.rsplit('-').next().unwrap_or_default()));
        Self { guix, folder, files: emitted(project) }
    }

    /// The text of `packages/NAME.scm`.
    #[track_caller]
    pub fn module(&self, name: &str) -> &str {
        let path = format!("/packages/{name}.scm");
        &self.files.iter().find(|(file, _)| file.ends_with(&path)).expect("emitted").1
    }

    fn modules(&self) -> String {
        format!("{}/modules", self.folder)
    }

    /// `guix style` changes nothing, and `guix lint` has nothing to say of these packages and of the project.
    #[track_caller]
    pub fn is_reviewed(&self, names: &[&str]) {
        assert!(self.files.len() >= 5, "{:?}", self.files.iter().map(|(path, _)| path).collect::<Vec<_>>());
        for (path, text) in &self.files {
            assert_eq!(self.guix.style(text), *text, "{path}");
        }
        let own = format!("(load \"{}/guix.scm\")", self.folder);
        assert_eq!(self.guix.lint(&self.modules(), &[names, &["-e", &own]].concat()), [""; 0]);
    }

    /// The derivations of packages; of all at once, so that Guix is started once.
    #[track_caller]
    pub fn derivations(&self, names: &[String]) -> Vec<String> {
        let modules = self.modules();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let made = self.guix.derivations(&[&["-L", &modules], names.as_slice()].concat());
        made.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same of one in the project's folder, where the modules have a relative name, as documents show it.
    #[track_caller]
    pub fn derivation_here(&self, name: &str) -> String {
        let command = ["guix", "build", "--derivations", "--no-grafts", "-L", "modules", name];
        self.guix.run(&self.folder, &command).expect(0).stdout
    }

    /// The project's own.
    #[track_caller]
    pub fn derivation(&self) -> Vec<String> {
        let file = format!("{}/guix.scm", self.folder);
        self.guix.derivations(&["-f", &file]).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A package's source, fetched and patched: its place on this machine.
    #[track_caller]
    pub fn source(&self, name: &str) -> PathBuf {
        self.guix.outside(&last(self.guix.build(&["--source", "-L", &self.modules(), name])))
    }

    /// The project, built by its guix.scm: its path in the root.
    #[track_caller]
    pub fn build(&self) -> String {
        let file = format!("{}/guix.scm", self.folder);
        last(self.guix.build(&["-f", &file]))
    }

    /// What Guix says of a project that cannot be built.
    #[track_caller]
    pub fn refused(&self) -> String {
        let file = format!("{}/guix.scm", self.folder);
        self.guix.build(&["-f", &file]).expect_err("a build that fails")
    }

    /// A package of the channel, built: its path in the root.
    #[track_caller]
    pub fn built(&self, name: &str) -> String {
        last(self.try_built(name))
    }

    /// The same, or what Guix said.
    pub fn try_built(&self, name: &str) -> Result<Vec<String>, String> {
        self.guix.build(&["-L", &self.modules(), name])
    }

    /// A command in the environment of manifest.scm.
    pub fn shell(&self, command: &[&str]) -> Run {
        let file = format!("{}/manifest.scm", self.folder);
        self.guix.shell(&["-m", &file], command)
    }
}

/// Of several outputs `out` is printed last.
#[track_caller]
fn last(built: Result<Vec<String>, String>) -> String {
    let mut paths = built.unwrap_or_else(|error| panic!("{error}"));
    paths.pop().expect("an output")
}

/// All Scheme that was emitted, by path.
fn emitted(project: &Project) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![project.path().join("modules")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "scm") {
                let relative = path.strip_prefix(project.path()).expect("below it").display().to_string();
                files.push((relative, std::fs::read_to_string(path).expect("text")));
            }
        }
    }
    for name in ["guix.scm", "manifest.scm", ".guix-channel"] {
        files.push((name.to_owned(), project.read(name)));
    }
    files
}

/// `NAME@VERSION` of every definition that Guix finds by its name.
pub fn modules_of(project: &Project) -> Vec<String> {
    let mut names = Vec::new();
    for (_, text) in emitted(project) {
        let definitions = text.split("\n(define-public ").skip(1);
        for definition in definitions.map(|rest| rest.split("\n\n(define").next().unwrap_or_default()) {
            let field = |key: &str| {
                let line = definition.lines().find(|line| line.starts_with(&format!("    ({key} \"")));
                line.and_then(|line| line.split('"').nth(1))
            };
            if let (Some(name), Some(version), false) =
                (field("name"), field("version"), definition.contains("(hidden? . #t)"))
            {
                names.push(format!("{name}@{version}"));
            }
        }
    }
    names
}
