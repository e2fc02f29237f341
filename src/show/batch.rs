//! The flow of `headwater source --batch`: a list of packages in, one JSON line each out, in the order of the
//! list.
//!
//! A bounded number of packages is under way at once, and of those that are done before their turn a bounded
//! number waits: memory does not grow with the list's results.

use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::answer::{Answer, NoAnswer};
use super::found;
use super::list::{self, Entry};
use crate::defect;
use crate::failure::Failure;
use crate::files;
use crate::policy::{Day, Policy};
use crate::problem::convert as problem;
use crate::progress::Progress;
use crate::resolve;
use crate::secrets::hidden;
use crate::settings;
use crate::world::asking::Asking;
use crate::world::lines::{Line, Lines, LinesError};
use crate::world::{World, disk};

/// How many packages are under way at once; what they ask is bounded again by host and by program.
const AT_ONCE: usize = 64;
/// How many packages are taken up before the first of them has been printed.
const AHEAD: usize = 1024;
/// The largest list in bytes.
const LIST: u64 = 256 << 20;

/// How many of a batch came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: usize,
    /// Of an earlier run, and kept.
    pub kept: usize,
    /// Not to be had, or no package at all.
    pub bad: usize,
    pub unreachable: usize,
    /// The tool or its surroundings failed on them.
    pub failed: usize,
    /// Nobody reads what is printed any more.
    pub cut_short: bool,
}

impl Tally {
    /// One line for people.
    pub fn words(&self) -> String {
        let mut words = format!("{} answered", self.answered);
        for (count, what) in [
            (self.kept, "kept of an earlier run"),
            (self.unreachable, "unanswered: a host could not be reached (run again)"),
            (self.bad, "bad: see their lines"),
            (self.failed, "failed: see their lines"),
        ] {
            if count > 0 {
                words.push_str(&format!(", {count} {what}"));
            }
        }
        words
    }

    fn count(&mut self, exit: u8) {
        match exit {
            0 => self.answered += 1,
            2 => self.bad += 1,
            3 => self.unreachable += 1,
            _ => self.failed += 1,
        }
    }
}

/// Where the lines go.
enum Out<'a> {
    /// To standard output; `false` once nobody reads it.
    Print(&'a (dyn Fn(&str) -> Result<bool, anyhow::Error> + Sync)),
    File(Lines),
}

/// Resolves a list. `print` gets the lines, where no file does, and says whether anybody still reads them.
///
/// # Errors
/// A list that cannot be read, a file of results that is none; or a failure of the surroundings. What is in
/// the file by then is gone on with by the next run.
pub async fn batch(
    settings: &settings::Batch,
    today: Day,
    progress: Progress,
    print: &(dyn Fn(&str) -> Result<bool, anyhow::Error> + Sync),
) -> Result<Tally, Failure> {
    let entries = entries(&settings.list)?;
    let mut out = match &settings.output {
        Some(path) => Out::File(results(path, settings)?),
        None => Out::Print(print),
    };
    let todo: Vec<Entry> = match &out {
        Out::File(lines) => entries.iter().filter(|entry| !lines.has(&entry.key())).cloned().collect(),
        Out::Print(_) => entries.clone(),
    };
    let mut tally = Tally { kept: entries.len() - todo.len(), ..Tally::default() };
    let policy = Arc::new(files::policy_for_question(&disk::current_folder()?)?);
    let world = World::new(&disk::current_folder()?, settings.registry.clone(), settings.asking)?;
    resolve::vouch(&world, &policy, today);
    world.git.ready().await?;
    let stage = progress.stage("packages", todo.len());
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let hash = settings.hash;
    let mut answers = futures::stream::iter(todo)
        .map(|entry| {
            let (world, places, policy) = (world.clone(), Arc::clone(&places), Arc::clone(&policy));
            // A task each: parsing and comparing want every processor.
            async move {
                let (key, text) = (entry.key(), entry.text.clone());
                let task = tokio::spawn(async move {
                    let _place = places.acquire().await;
                    defect::point(&entry.text);
                    one(&world, &policy, entry, hash).await
                });
                let answer =
                    task.await.unwrap_or_else(|panic| line(1, &NoAnswer::broken(&key, &text, &panic)));
                (key, answer)
            }
        })
        .buffered(AHEAD);
    while let Some((key, (exit, line))) = answers.next().await {
        tally.count(exit);
        match &mut out {
            Out::Print(print) if !print(&line)? => {
                tally.cut_short = true;
                break;
            }
            Out::Print(_) => {}
            Out::File(lines) => lines.append(&key, &line).map_err(results_error)?,
        }
        stage.step();
    }
    drop((answers, stage));
    if let Out::File(lines) = out {
        let keys: Vec<String> = entries.iter().map(Entry::key).collect();
        lines.finish(keys.iter().map(String::as_str)).map_err(results_error)?;
    }
    for notice in world.finish() {
        progress.say(&notice);
    }
    Ok(tally)
}

/// One package: what the program would have ended with for it alone, and its line.
async fn one(world: &World, policy: &Policy, entry: Entry, hash: bool) -> (u8, String) {
    let text = &entry.text;
    match &entry.package {
        Err(why) => line(2, &NoAnswer::of_text(text, why.clone())),
        Ok(package) => match found(world, policy, package, hash).await {
            Ok(found) => line(if found.is_incomplete() { 3 } else { 0 }, &Answer::new(&found, text)),
            Err(failed) => {
                let failure = NoAnswer::new(package, text, failed);
                line(failure.exit, &failure)
            }
        },
    }
}

fn line(exit: u8, value: &impl serde::Serialize) -> (u8, String) {
    // Structs of ours: they can always be written.
    (exit, hidden(&serde_json::to_string(value).unwrap_or_default()).into_owned())
}

fn entries(path: &Path) -> Result<Vec<Entry>, Failure> {
    let (bytes, name) = if path == Path::new("-") {
        (disk::read_input(LIST)?, "standard input".to_owned())
    } else {
        (disk::read(path, LIST)?, path.display().to_string())
    };
    list::read(&bytes, &name)
        .map_err(|error| Failure::Input(vec![problem::bad_file(&format!("{name}: {error}"))]))
}

/// What of a line that is there is looked at.
#[derive(Deserialize)]
struct Kept {
    purl: String,
    #[serde(default)]
    exit: u8,
    #[serde(default)]
    source: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    hash: Option<serde::de::IgnoredAny>,
}

fn results(path: &Path, settings: &settings::Batch) -> Result<Lines, Failure> {
    let read = |line: &[u8]| match serde_json::from_slice::<Kept>(line) {
        Err(_) => Line::Foreign,
        Ok(kept) => {
            let unhashed = settings.hash && kept.source.is_some() && kept.hash.is_none();
            let again = matches!(kept.exit, 1 | 3) || unhashed || settings.asking == Asking::Refresh;
            if again { Line::Stale(kept.purl) } else { Line::Kept(kept.purl) }
        }
    };
    Lines::open(path, read).map_err(results_error)
}

fn results_error(error: LinesError) -> Failure {
    if error.is_input() {
        Failure::Input(vec![problem::bad_file(&error.to_string())])
    } else {
        Failure::Other(error.into())
    }
}
