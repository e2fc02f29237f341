//! From the arguments to the exit code: runs a command, prints what came of it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::cli::{self, Cli, Command};
use crate::convert;
use crate::failure::Failure;
use crate::policy::Day;
use crate::printable::printable;
use crate::problem::Problem;
use crate::progress::{Progress, tell, tell_styled};
use crate::secrets::hidden;
use crate::show::Answer;
use crate::show::batch::{self, Tally};
use crate::world::clock;
use crate::{caching, defect, diagnostic, manual, package, report, settings, show, verify};

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Failed = 1,
    BadInput = 2,
    Incomplete = 3,
    Forbidden = 4,
    /// As shells have it: 128 and the signal's number.
    Interrupted = 130,
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What `--json` prints where there is no result.
#[derive(Debug, Serialize)]
struct NoResult {
    exit: u8,
    error: String,
    problems: Vec<Problem>,
}

/// Runs the command. Data goes to standard output, all else to standard error.
pub fn run(cli: &Cli) -> ExitCode {
    defect::watch();
    let json = match &cli.command {
        Command::Convert(given) => given.common.json,
        Command::Source(given) => given.common.json,
        Command::Package(given) => given.common.json,
        Command::Verify(given) => given.common.json,
        Command::Cache(given) => given.json,
        Command::Completions(_) | Command::Man(_) => false,
    };
    defect::caught_at_once(|| ended(cli, json)).unwrap_or_else(|| panicked(json).into())
}

fn ended(cli: &Cli, json: bool) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(json, Exit::Failed, &error.into()).into(),
    };
    let is_batch = matches!(&cli.command, Command::Source(cli::Source { batch: Some(_), .. }));
    let work = async {
        match &cli.command {
            Command::Convert(given) => run_convert(given).await,
            Command::Source(given) => match &given.batch {
                Some(list) => run_batch(given, list).await,
                None => run_source(given).await,
            },
            Command::Package(given) => match &given.update {
                Some(file) => run_update(given, file).await,
                None => run_package(given).await,
            },
            Command::Verify(given) => run_verify(given).await,
            Command::Cache(given) => run_cache(given),
            Command::Completions(given) => print_text(manual::completions(given.shell)),
            Command::Man(given) => run_man(given),
        }
    };
    let exit = runtime.block_on(async {
        // Programs that we run are in groups of their own, so the terminal's signal does not reach them:
        // they end when the work is dropped. Files are put in place in one go, never half.
        tokio::select! {
            biased;
            // In a task or a thread of its own, where whoever waits for it may take it for something else. In a batch
            // it is the matter of one package, which has its line.
            () = defect::happened(), if !is_batch => panicked(json),
            exit = defect::caught(work) => exit.unwrap_or_else(|| panicked(json)),
            exit = signal() => no_result(json, exit, stopped(cli).to_owned(), Vec::new(), &|_| None),
        }
    });
    // Ends what is still under way, and with it the programs that it runs; what hangs must not keep us.
    runtime.shutdown_timeout(Duration::from_secs(2));
    exit.into()
}

fn panicked(json: bool) -> Exit {
    no_result(json, Exit::Failed, defect::message(), Vec::new(), &|_| None)
}

fn stopped(cli: &Cli) -> &'static str {
    match &cli.command {
        Command::Source(cli::Source { output: Some(_), .. }) => {
            "stopped; the same command goes on where this one was"
        }
        Command::Verify(_) => {
            "stopped; headwater.lock has what was compared, and the same command goes on where this one was"
        }
        _ => "stopped; nothing was written",
    }
}

/// Waits for somebody to stop us.
async fn signal() -> Exit {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => Exit::Interrupted,
        () = terminated => Exit::Terminated,
    }
}

async fn run_convert(given: &cli::Convert) -> Exit {
    let json = given.common.json;
    let settings = match settings::Convert::new(given) {
        Ok(settings) => settings,
        Err(error) => return failed(json, Exit::BadInput, &error),
    };
    let summary = match convert::convert(&settings, today(), Progress::detect()).await {
        Ok(summary) => summary,
        Err(failure) => return told(json, failure, &|file| convert::text_of(&settings, file)),
    };
    let printed = if json { print_json(&summary) } else { print(&printable(&report::text(&summary))) };
    if let Err(exit) = printed {
        return exit;
    }
    if settings.no_new_fallbacks && !summary.weakened.is_empty() {
        tell_styled(&diagnostic::failure(&format!(
            "--no-new-fallbacks: {} made less well than headwater.lock has them; nothing was written",
            summary.weakened.len()
        )));
        return Exit::Forbidden;
    }
    if let Some(why) = report::strict(&summary).filter(|_| settings.strict) {
        tell_styled(&diagnostic::failure(&why));
        return Exit::Forbidden;
    }
    if summary.unreachable.is_empty() { Exit::Done } else { Exit::Incomplete }
}

async fn run_source(given: &cli::Source) -> Exit {
    let json = given.common.json;
    let settings = match settings::Source::new(given) {
        Ok(settings) => settings,
        Err(error) => return failed(json, Exit::BadInput, &error),
    };
    match show::show(&settings, today(), Progress::detect()).await {
        Ok(found) => {
            let printed = if json {
                print_json(&Answer::new(&found, &settings.text))
            } else {
                print(&show::explain(&found))
            };
            let exit = if found.is_incomplete() { Exit::Incomplete } else { Exit::Done };
            printed.err().unwrap_or(exit)
        }
        Err(Failure::Unreachable(problem)) => {
            let why = format!(
                "{}: {}; that says nothing about the package",
                settings.package.shown(),
                problem.message
            );
            no_result(json, Exit::Incomplete, why, Vec::new(), &|_| None)
        }
        Err(failure) => told(json, failure, &show::text_of),
    }
}

async fn run_verify(given: &cli::Verify) -> Exit {
    let json = given.common.json;
    let settings = match settings::Verify::new(given) {
        Ok(settings) => settings,
        Err(error) => return failed(json, Exit::BadInput, &error),
    };
    match verify::verify(&settings, Progress::detect()).await {
        Ok(report) => {
            let printed = if json { print_json(&report) } else { print(&printable(&verify::text(&report))) };
            let exit = if report.incomplete.is_empty() { Exit::Done } else { Exit::Incomplete };
            printed.err().unwrap_or(exit)
        }
        Err(failure) => told(json, failure, &|file| show::text_of(file)),
    }
}

async fn run_package(given: &cli::Package) -> Exit {
    let json = given.common.json;
    let settings = match settings::Package::new(given) {
        Ok(settings) => settings,
        Err(error) => return failed(json, Exit::BadInput, &error),
    };
    let packaged = match package::package(&settings, Progress::detect()).await {
        Ok(packaged) => packaged,
        Err(failure) => return told(json, failure, &|_| None),
    };
    let printed = if json {
        print_json(&packaged)
    } else if settings.print {
        tell(&printable(&package::text(&packaged)));
        print(&packaged.text)
    } else {
        print(&printable(&package::text(&packaged)))
    };
    let exit = if packaged.is_incomplete() { Exit::Incomplete } else { Exit::Done };
    printed.err().unwrap_or(exit)
}

async fn run_update(given: &cli::Package, file: &Path) -> Exit {
    let json = given.common.json;
    let settings = match settings::Update::new(given, file) {
        Ok(settings) => settings,
        Err(error) => return failed(json, Exit::BadInput, &error),
    };
    let updated = match package::update(&settings, Progress::detect()).await {
        Ok(updated) => updated,
        Err(failure) => {
            return told(json, failure, &|name| {
                (Path::new(name) == file).then(|| package::text_of(&settings)).flatten()
            });
        }
    };
    let printed = if json {
        print_json(&updated)
    } else if settings.print {
        tell(&printable(&package::update_text(&updated)));
        print(&updated.diff)
    } else {
        print(&printable(&package::update_text(&updated)))
    };
    printed.err().unwrap_or(Exit::Done)
}

async fn run_batch(given: &cli::Source, list: &Path) -> Exit {
    let settings = match settings::Batch::new(given, list) {
        Ok(settings) => settings,
        Err(error) => return failed(false, Exit::BadInput, &error),
    };
    let print = |line: &str| match write(&format!("{line}\n")) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(anyhow::Error::from(error).context("cannot write to standard output")),
    };
    match batch::batch(&settings, today(), Progress::detect(), &print).await {
        Ok(tally) => {
            tell(&format!("headwater: {}", tally.words()));
            outcome(&tally)
        }
        Err(failure) => told(false, failure, &|_| None),
    }
}

/// What failed of itself is told first, then what the next run may get, then what it will not.
fn outcome(tally: &Tally) -> Exit {
    match tally {
        Tally { failed: 1.., .. } => Exit::Failed,
        Tally { unreachable: 1.., .. } => Exit::Incomplete,
        Tally { bad: 1.., .. } => Exit::BadInput,
        _ => Exit::Done,
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

fn run_cache(given: &cli::Cache) -> Exit {
    let settings = match settings::Cache::new(given) {
        Ok(settings) => settings,
        Err(error) => return failed(given.json, Exit::BadInput, &error),
    };
    match caching::run(settings) {
        Ok(outcome) => {
            let now = clock::now().as_second();
            let printed = if given.json {
                print_json(&outcome)
            } else {
                print(&printable(&caching::text(&outcome, now)))
            };
            printed.err().unwrap_or(Exit::Done)
        }
        Err(error) => failed(given.json, Exit::Failed, &error),
    }
}

fn run_man(given: &cli::Man) -> Exit {
    match manual::page(given.command.as_deref()) {
        Ok(Some(page)) => print_text(page),
        Ok(None) => {
            let all = manual::commands().join(", ");
            failed(false, Exit::BadInput, &anyhow::anyhow!("there is no such command; there are {all}"))
        }
        Err(error) => failed(false, Exit::Failed, &error.into()),
    }
}

fn print_text(text: Vec<u8>) -> Exit {
    print(&String::from_utf8_lossy(&text)).err().unwrap_or(Exit::Done)
}

/// Prints data. A reader that has gone away has had enough; any other error is one.
fn print(text: &str) -> Result<(), Exit> {
    match write(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            tell_styled(&diagnostic::failure(&format!("cannot write to standard output: {error}")));
            Err(Exit::Failed)
        }
        _ => Ok(()),
    }
}

fn print_json(value: &impl Serialize) -> Result<(), Exit> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| failed(false, Exit::Failed, &error.into()))?;
    print(&format!("{}\n", hidden(&text)))
}

fn told(json: bool, failure: Failure, texts: Texts<'_>) -> Exit {
    match failure {
        Failure::Input(problems) => no_result(json, Exit::BadInput, String::new(), problems, texts),
        Failure::Unreachable(problem) => {
            let why = "nothing was written; what was downloaded is kept for the next run";
            no_result(json, Exit::Incomplete, why.to_owned(), vec![problem], texts)
        }
        Failure::Other(error) => failed(json, Exit::Failed, &error),
    }
}

fn failed(json: bool, exit: Exit, error: &anyhow::Error) -> Exit {
    // Whoever waits for a task may see its end before we see that it panicked.
    if error.downcast_ref::<tokio::task::JoinError>().is_some_and(tokio::task::JoinError::is_panic) {
        return panicked(json);
    }
    no_result(json, exit, format!("{error:#}"), Vec::new(), &|_| None)
}

/// Gives the text of a file that a problem names, if that is one of the user's.
type Texts<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The most problems that are told one by one.
const TOLD: usize = 50;

/// Says why there is no result, to people and, with `--json`, to machines.
fn no_result(json: bool, exit: Exit, error: String, problems: Vec<Problem>, texts: Texts<'_>) -> Exit {
    let mut read = BTreeMap::new();
    for problem in problems.iter().take(TOLD) {
        let place = problem.place.as_ref().filter(|place| place.line.is_some());
        let text =
            place.and_then(|place| read.entry(&place.file).or_insert_with(|| texts(&place.file)).as_deref());
        tell_styled(&format!("{}\n", diagnostic::problem(problem, text)));
    }
    if problems.len() > TOLD {
        tell_styled(&diagnostic::failure(&format!("and {} more", problems.len() - TOLD)));
    }
    if !error.is_empty() {
        tell_styled(&diagnostic::failure(&error));
    }
    if json && let Err(exit) = print_json(&NoResult { exit: exit as u8, error, problems }) {
        return exit;
    }
    exit
}

/// Today, in UTC: an exception may expire at midnight.
fn today() -> Day {
    let date = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let part = |number: i8| u8::try_from(number).unwrap_or(0);
    (u16::try_from(date.year()).unwrap_or(0), part(date.month()), part(date.day()))
}
