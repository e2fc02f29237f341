//! Which of Guix' Pythons runs everything.

use pep440_rs::{Version, VersionSpecifiers};

use crate::emit::guix::sexp::{Sexp, list, symbol};

/// One of `(gnu packages python)`.
struct Python {
    /// Its variable.
    variable: &'static str,
    /// The minor version of Python 3, and the release.
    minor: u64,
    patch: u64,
}

/// Those of Guix 1.5: the one that is usual, then the one that is taken where it does not fit. Its 3.10 is not among
/// them, as builds are planned for 3.11 and later.
const PYTHONS: [Python; 2] = [
    Python { variable: "python-3.11", minor: 11, patch: 14 },
    Python { variable: "python-3.12", minor: 12, patch: 12 },
];

/// The same as a sentence has them.
const SHOWN: &str = "3.11 (its usual one) and 3.12";

/// What runs Python packages.
#[derive(Debug)]
pub struct Interpreter {
    /// The variable of `(gnu packages python)` whose version counts.
    pub variable: &'static str,
    /// What `#:python` is, where it is not Guix' own choice, and what that is defined as.
    pub argument: Option<&'static str>,
    pub definition: Option<Sexp>,
    /// The minor version of Python 3, where that is fixed.
    pub minor: Option<u64>,
    /// What it is in Guix 1.5.
    pub release: Version,
    pub warnings: Vec<String>,
    /// Above the project's definition: that it needs another one.
    pub comment: Option<String>,
}

/// From an attribute of nixpkgs, which is the user's choice, and from what the project needs.
pub fn interpreter(nixpkgs: &str, requires_python: Option<&VersionSpecifiers>) -> Interpreter {
    let admitted = |python: &Python| requires_python.is_none_or(|range| range.contains(&release(python)));
    let named = |python: &&Python| nixpkgs == format!("python3{}", python.minor);
    let needed = requires_python.map(ToString::to_string).unwrap_or_default();
    if let Some(python) = PYTHONS.iter().find(named) {
        let mut fixed = fixed(python);
        if !admitted(python) {
            fixed.warnings.push(format!(
                "the project needs Python {needed}, and headwater.toml chooses {nixpkgs}: it may not work"
            ));
            fixed.comment = Some(format!("Needs Python {needed}: headwater.toml chooses {nixpkgs}."));
        }
        return fixed;
    }
    let mut chosen = match PYTHONS.iter().position(admitted) {
        Some(0) => usual(),
        Some(at) => fixed(&PYTHONS[at]),
        None => Interpreter {
            warnings: vec![format!(
                "the project needs Python {needed}, and of Guix 1.5 {SHOWN} are known: it is defined for the usual \
                 one and may not work"
            )],
            comment: Some(format!("Needs Python {needed}, which is not known in Guix 1.5.")),
            ..usual()
        },
    };
    if !["python3", "python"].contains(&nixpkgs) {
        let taken = if chosen.minor.is_some() { chosen.variable } else { "its usual one" };
        let warning = format!("the interpreter {nixpkgs} is not known in Guix: {taken} is taken");
        chosen.warnings.insert(0, warning);
    }
    chosen
}

fn release(python: &Python) -> Version {
    Version::new([3, python.minor, python.patch])
}

/// Whatever it is in the Guix that builds.
fn usual() -> Interpreter {
    Interpreter {
        variable: "python",
        argument: None,
        definition: None,
        minor: None,
        release: release(&PYTHONS[0]),
        warnings: Vec::new(),
        comment: None,
    }
}

fn fixed(python: &Python) -> Interpreter {
    let wrap = list!["@@", Sexp::call("gnu", ["packages", "python"].map(symbol)), symbol("wrap-python3")];
    Interpreter {
        variable: python.variable,
        argument: Some("%python"),
        definition: Some(Sexp::List(vec![wrap, symbol(python.variable)])),
        minor: Some(python.minor),
        release: release(python),
        ..usual()
    }
}
