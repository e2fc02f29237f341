//! A file that is built before it is handed over, and what came of it.

use crate::printable::printable;
use crate::progress::Progress;
use crate::upstream::nix::layout::LayoutError;
use crate::upstream::nixpkgs::application::{self, Application};
use crate::upstream::nixpkgs::python::{self, Check, Module};
use crate::upstream::python::purpose::Purpose;
use crate::upstream::python::pytest_log::{FailedTest, failed_tests};
use crate::world::nix::{self, NixError, Nixpkgs};

/// What a file of nixpkgs is written from.
pub(super) trait Written {
    fn text(&self) -> Result<String, LayoutError>;
    /// What it is built among: the path of a set of nixpkgs, with a dot in front; `""` for nixpkgs itself.
    fn set(&self) -> &'static str;
    fn version(&self) -> &str;
    /// The program whose version the file can check.
    fn program(&self) -> Option<&str>;
    /// Adds the check, which was seen to pass, or takes it away.
    fn check_version(&mut self, is_wanted: bool);
    /// Leaves tests out that need a network, which a build does not have; how many are new.
    fn leave_out(&mut self, tests: &[FailedTest]) -> usize;
}

impl Written for Application {
    fn text(&self) -> Result<String, LayoutError> {
        application::file(self)
    }

    fn set(&self) -> &'static str {
        ""
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn program(&self) -> Option<&str> {
        self.meta.main_program.as_deref()
    }

    fn check_version(&mut self, is_wanted: bool) {
        self.checks_version = is_wanted;
    }

    fn leave_out(&mut self, _tests: &[FailedTest]) -> usize {
        0
    }
}

impl Written for Module {
    fn text(&self) -> Result<String, LayoutError> {
        python::file(self)
    }

    fn set(&self) -> &'static str {
        match self.purpose {
            Purpose::Library => ".python3Packages",
            Purpose::Application => "",
        }
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn program(&self) -> Option<&str> {
        let is_application = self.purpose == Purpose::Application;
        self.meta.main_program.as_deref().filter(|_| is_application)
    }

    fn check_version(&mut self, is_wanted: bool) {
        self.checks_version = is_wanted;
        self.spelling_was_seen = is_wanted;
    }

    fn leave_out(&mut self, tests: &[FailedTest]) -> usize {
        let Check::Pytest(pytest) = &mut self.check else { return 0 };
        let networked = &mut pytest.networked;
        let new: Vec<_> = tests.iter().filter(|test| !networked.contains(test)).cloned().collect();
        let count = new.len();
        networked.extend(new);
        count
    }
}

/// How often tests are left out: those of one run may keep others from running.
const TURNS: usize = 5;
/// How many tests that failed are named.
const NAMED: usize = 5;

/// Builds the file, with a check of the version where the program prints it, and without tests that need a network; else
/// says what is wrong. `beside` is a lockfile that lies beside the file.
///
/// # Errors
/// Text that cannot be laid out: a defect.
pub(super) async fn build(
    written: &mut impl Written,
    beside: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
    progress: Progress,
) -> anyhow::Result<Result<String, String>> {
    let _waiting = progress.waiting("building it with Nix");
    let program = written.program().map(str::to_owned);
    let mut checks = program.is_some();
    let (mut left_out, mut turns) = (0, 0);
    loop {
        written.check_version(checks);
        let Err(error) = tried(written, beside, nixpkgs).await? else {
            let version = match &program {
                Some(program) if checks => {
                    format!(", and `{program} --version` prints {}", written.version())
                }
                Some(_) => "; `--version` does not print the version".to_owned(),
                None => String::new(),
            };
            let tests = match left_out {
                0 => String::new(),
                count => format!("; tests that require network access are left out, by their names: {count}"),
            };
            return Ok(Ok(format!("it builds{version}{tests}")));
        };
        let failed = match &error {
            NixError::Build { log, .. } => failed_tests(log),
            _ => Vec::new(),
        };
        let (networked, others): (Vec<_>, Vec<_>) = failed.into_iter().partition(|one| one.wants_network);
        if !others.is_empty() {
            written.check_version(false);
            return Ok(Err(failing(&others)));
        }
        let new = written.leave_out(&networked);
        left_out += new;
        turns += usize::from(new > 0);
        // A build that makes up names of tests would never end.
        if turns > TURNS || new == 0 && !std::mem::take(&mut checks) {
            written.check_version(false);
            return Ok(Err(format!("it does not build over that nixpkgs: {error}")));
        }
    }
}

/// A clause about tests that failed for reasons that somebody has to look at.
fn failing(tests: &[FailedTest]) -> String {
    let named = tests.iter().take(NAMED).map(|one| {
        let function = one.function.as_ref().map(|name| format!("::{name}")).unwrap_or_default();
        let why = if one.why.is_empty() { String::new() } else { format!(" ({})", printable(&one.why)) };
        format!("{}{function}{why}", printable(&one.file))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let rest = if tests.len() > NAMED { ", ..." } else { "" };
    let count = tests.len();
    let verb = if count == 1 { "test fails" } else { "tests fail" };
    format!("{count} {verb} over that nixpkgs: {named}{rest}")
}

/// What is to be said of the attribute's name, where nixpkgs has it already.
pub(super) async fn known(attribute: &str, nixpkgs: &Nixpkgs) -> Option<String> {
    // Where it cannot be asked, the build says why.
    let is_there = nix::has_attribute(nixpkgs, attribute).await.unwrap_or(false);
    is_there.then(|| {
        format!("that nixpkgs has an attribute {attribute} already: update that one, or give another --name")
    })
}

async fn tried(
    written: &impl Written,
    beside: Option<&[u8]>,
    nixpkgs: &Nixpkgs,
) -> anyhow::Result<Result<(), NixError>> {
    let text = written.text()?;
    let mut files = vec![("package.nix", text.as_bytes())];
    files.extend(beside.map(|lock| ("package-lock.json", lock)));
    Ok(nix::build_package(nixpkgs, written.set(), &files).await.map(drop))
}
