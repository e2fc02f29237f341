//! What the tool is doing, on standard error: bars on a terminal, plain lines otherwise.
#![expect(clippy::disallowed_methods, reason = "says how long something takes")]

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printable::printable;

/// How often a plain line may repeat itself.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// How often a bar moves while nothing is done.
const TICK: Duration = Duration::from_millis(250);

/// A line on standard error. Where nobody can hear it, that is no reason to stop.
pub fn tell(line: &str) {
    _ = writeln!(std::io::stderr().lock(), "{}", printable(line));
}

/// A diagnostic on standard error, coloured where that is a terminal and NO_COLOR is not set.
pub fn tell_styled(text: &str) {
    _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Where progress goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Bars,
    Lines,
    Silent,
}

impl Progress {
    /// Bars on a terminal, lines elsewhere.
    pub fn detect() -> Self {
        if std::io::stderr().is_terminal() { Self::Bars } else { Self::Lines }
    }

    /// Says one thing.
    pub fn say(self, line: &str) {
        if self != Self::Silent {
            tell(line);
        }
    }

    /// Begins a stage of `total` steps. While it runs, no more than five seconds pass without a sign of life.
    pub fn stage(self, what: &'static str, total: usize) -> Stage {
        let template = if total == 0 {
            "{msg:>12} {spinner} {elapsed}"
        } else {
            "{msg:>12} {bar:30} {pos}/{len} {per_sec:>12} {eta:>5} left"
        };
        let bar = match self {
            Self::Bars => {
                let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
                let style = ProgressStyle::with_template(template);
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_message(what);
                bar.enable_steady_tick(TICK);
                bar
            }
            Self::Lines | Self::Silent => ProgressBar::hidden(),
        };
        let now = Instant::now();
        let state = State { done: 0, said: now, doing: Vec::new(), over: false };
        let shared =
            Arc::new(Shared { what, total, started: now, state: Mutex::new(state), ended: Condvar::new() });
        let beats = (self == Self::Lines).then(|| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.beat())
        });
        Stage { progress: self, bar, shared, beats }
    }

    /// A step of which nobody knows how long it takes.
    pub fn waiting(self, what: &'static str) -> Stage {
        self.stage(what, 0)
    }
}

/// A running stage; it ends when it is dropped.
pub struct Stage {
    progress: Progress,
    bar: ProgressBar,
    shared: Arc<Shared>,
    /// Says what is waited for while nothing else is said.
    beats: Option<JoinHandle<()>>,
}

/// The names of what is under way in a stage.
#[derive(Clone)]
pub struct Names {
    bar: ProgressBar,
    shared: Arc<Shared>,
}

impl Names {
    /// Something with a name is under way, until what is returned is dropped.
    #[must_use]
    pub fn doing(&self, name: String) -> Doing {
        self.change(|doing| doing.push(name.clone()));
        Doing { names: self.clone(), name }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<String>)) {
        let Ok(mut state) = self.shared.state.lock() else { return };
        change(&mut state.doing);
        self.bar.set_message(self.shared.message(&state));
    }
}

/// One of the steps that are under way.
pub struct Doing {
    names: Names,
    name: String,
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.names.change(|doing| {
            if let Some(at) = doing.iter().position(|one| *one == self.name) {
                doing.remove(at);
            }
        });
    }
}

struct Shared {
    what: &'static str,
    total: usize,
    started: Instant,
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    /// Steps done.
    done: usize,
    /// When something was last said.
    said: Instant,
    /// What is under way, where a step says so; what has been longest comes first.
    doing: Vec<String>,
    over: bool,
}

impl Stage {
    /// What says which of its steps are under way, wherever they are done.
    pub fn names(&self) -> Names {
        Names { bar: self.bar.clone(), shared: Arc::clone(&self.shared) }
    }

    /// One step is done.
    pub fn step(&self) {
        self.bar.inc(1);
        let Ok(mut state) = self.shared.state.lock() else { return };
        state.done += 1;
        let over = state.done == self.shared.total;
        if self.progress == Progress::Lines && (over || state.said.elapsed() >= PLAIN_EVERY) {
            let (done, total) = (state.done, self.shared.total);
            let pace = if over { String::new() } else { pace(done, total, self.shared.started.elapsed()) };
            tell(&format!("{}: {done}/{total}{pace}", self.shared.what));
            state.said = Instant::now();
        }
    }
}

impl Shared {
    /// The stage, and what is under way in it.
    fn message(&self, state: &State) -> String {
        match &state.doing[..] {
            [] => self.what.to_owned(),
            [one] => format!("{}: {one}", self.what),
            [one, others @ ..] => format!("{}: {one} and {} more", self.what, others.len()),
        }
    }

    /// Says what is waited for whenever nothing was said for a while.
    fn beat(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        while !state.over {
            let Ok((woken, _)) = self.ended.wait_timeout(state, TICK) else { return };
            state = woken;
            if !state.over && state.said.elapsed() >= PLAIN_EVERY {
                let steps =
                    if self.total == 0 { String::new() } else { format!(", {}/{}", state.done, self.total) };
                let seconds = self.started.elapsed().as_secs();
                tell(&format!("{}{steps}, for {seconds} s", self.message(&state)));
                state.said = Instant::now();
            }
        }
    }
}

/// The rate so far, and what is left at that rate.
fn pace(done: usize, total: usize, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    if rate == 0.0 {
        return String::new();
    }
    let left = (total.saturating_sub(done) as f64 / rate).round() as u64;
    let left = match (left / 3600, left / 60 % 60, left % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    };
    format!(", {rate:.1}/s, {left} left")
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Ok(mut state) = self.shared.state.lock() {
            state.over = true;
        }
        self.shared.ended.notify_all();
        if let Some(beats) = self.beats.take() {
            _ = beats.join();
        }
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_been_under_way_for_longest_is_named() {
        let stage = Progress::Silent.stage("packages", 3);
        let names = stage.names();
        let message = || stage.shared.message(&stage.shared.state.lock().unwrap());
        let (first, second) = (names.doing("a@1.0.0".to_owned()), names.doing("b@1.0.0".to_owned()));
        let again = names.doing("a@1.0.0".to_owned());
        assert_eq!(message(), "packages: a@1.0.0 and 2 more");
        drop((first, again));
        assert_eq!(message(), "packages: b@1.0.0");
        drop(second);
        assert_eq!(message(), "packages");
    }

    #[test]
    fn the_pace_in_words() {
        let pace = |done, seconds| pace(done, 1000, Duration::from_secs(seconds));
        assert_eq!(pace(100, 10), ", 10.0/s, 1 min 30 s left");
        assert_eq!(pace(990, 99), ", 10.0/s, 1 s left");
        assert_eq!(pace(1, 60), ", 0.0/s, 16 h 39 min left");
        assert_eq!(pace(0, 60), "");
    }
}
