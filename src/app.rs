//! From the arguments to the exit code: runs a command, prints what came of it.

use std::process::ExitCode;

use crate::cli::{self, Cli, Command};
use crate::convert::{self, Failure};
use crate::policy::Day;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::source::{self, Unresolved};
use crate::{report, settings, show};

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Failed = 1,
    BadInput = 2,
    Incomplete = 3,
    Forbidden = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the command. Data goes to standard output, all else to standard error.
pub fn run(cli: &Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()).into(),
    };
    let exit = match &cli.command {
        Command::Convert(given) => runtime.block_on(run_convert(given)),
        Command::Source(given) => runtime.block_on(run_source(given)),
    };
    // A process that hangs must not keep ours.
    runtime.shutdown_background();
    exit.into()
}

async fn run_convert(given: &cli::Convert) -> Exit {
    let settings = match settings::Convert::new(given) {
        Ok(settings) => settings,
        Err(error) => return usage(&error),
    };
    let summary = match convert::convert(&settings, today(), Progress::detect()).await {
        Ok(summary) => summary,
        Err(failure) => return told(failure),
    };
    if given.common.json {
        if let Err(exit) = print_json(&summary) {
            return exit;
        }
    } else {
        print!("{}", report::text(&summary));
    }
    if settings.strict && !summary.unvetted.is_empty() {
        eprintln!(
            "headwater: --strict: {} artifacts are vetted by no exception in headwater.toml",
            summary.unvetted.len()
        );
        return Exit::Forbidden;
    }
    if summary.unreachable.is_empty() { Exit::Done } else { Exit::Incomplete }
}

async fn run_source(given: &cli::Source) -> Exit {
    let settings = match settings::Source::new(given) {
        Ok(settings) => settings,
        Err(error) => return usage(&error),
    };
    match show::show(&settings).await {
        Ok(Ok(resolution)) if given.common.json => print_json(&resolution).err().unwrap_or(Exit::Done),
        Ok(Ok(resolution)) => {
            print!("{}", source::explain(&resolution));
            Exit::Done
        }
        Ok(Err(unresolved @ Unresolved::Network { .. })) => {
            if given.common.json && print_json(&unresolved).is_err() {
                return Exit::Failed;
            }
            eprintln!(
                "headwater: {}@{}: {unresolved}; that says nothing about the package",
                settings.name, settings.version
            );
            Exit::Incomplete
        }
        Err(failure) => told(failure),
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Exit> {
    let text = serde_json::to_string_pretty(value).map_err(|error| fail(&error.into()))?;
    println!("{text}");
    Ok(())
}

fn told(failure: Failure) -> Exit {
    match failure {
        Failure::Input(problems) => {
            list(&problems);
            Exit::BadInput
        }
        Failure::Unreachable(problem) => {
            list(&[problem]);
            eprintln!("headwater: nothing was written; what was downloaded is kept for the next run");
            Exit::Incomplete
        }
        Failure::Other(error) => fail(&error),
    }
}

/// The most problems that are told one by one.
const TOLD: usize = 50;

fn list(problems: &[Problem]) {
    for problem in problems.iter().take(TOLD) {
        eprintln!("headwater: {problem}");
    }
    if problems.len() > TOLD {
        eprintln!("headwater: and {} more", problems.len() - TOLD);
    }
}

fn usage(error: &anyhow::Error) -> Exit {
    eprintln!("headwater: {error:#}");
    Exit::BadInput
}

fn fail(error: &anyhow::Error) -> Exit {
    eprintln!("headwater: {error:#}");
    Exit::Failed
}

/// Today, in UTC: an exception may expire at midnight.
fn today() -> Day {
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let part = |number: i8| u8::try_from(number).unwrap_or(0);
    (u16::try_from(date.year()).unwrap_or(0), part(date.month()), part(date.day()))
}
