//! What the tool is doing, on standard error: bars on a terminal, plain lines otherwise.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printable::printable;

/// How often a plain line may repeat itself.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// A line on standard error. Where nobody can hear it, that is no reason to stop.
pub fn tell(line: &str) {
    _ = writeln!(std::io::stderr().lock(), "{}", printable(line));
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

    /// Begins a stage of `total` steps.
    pub fn stage(self, what: &'static str, total: usize) -> Stage {
        let bar = match self {
            Self::Bars => {
                let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
                let style = ProgressStyle::with_template("{msg:>12} {bar:30} {pos}/{len} {eta}");
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_message(what);
                bar
            }
            Self::Lines | Self::Silent => ProgressBar::hidden(),
        };
        Stage { progress: self, what, total, bar, done: Mutex::new((0, Instant::now())) }
    }
}

/// A running stage; it ends when it is dropped.
pub struct Stage {
    progress: Progress,
    what: &'static str,
    total: usize,
    bar: ProgressBar,
    /// Steps done, and when that was last said.
    done: Mutex<(usize, Instant)>,
}

impl Stage {
    /// One step is done.
    pub fn step(&self) {
        self.bar.inc(1);
        let Ok(mut done) = self.done.lock() else { return };
        done.0 += 1;
        let over = done.0 == self.total;
        if self.progress == Progress::Lines && (over || done.1.elapsed() >= PLAIN_EVERY) {
            tell(&format!("{}: {}/{}", self.what, done.0, self.total));
            done.1 = Instant::now();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
