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
                let style = ProgressStyle::with_template(
                    "{msg:>12} {bar:30} {pos}/{len} {per_sec:>12} {eta:>5} left",
                );
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_message(what);
                bar
            }
            Self::Lines | Self::Silent => ProgressBar::hidden(),
        };
        Stage {
            progress: self,
            what,
            total,
            bar,
            done: Mutex::new((0, Instant::now())),
            started: Instant::now(),
        }
    }
}

/// A running stage; it ends when it is dropped.
pub struct Stage {
    progress: Progress,
    what: &'static str,
    total: usize,
    bar: ProgressBar,
    started: Instant,
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
            let pace = if over { String::new() } else { pace(done.0, self.total, self.started.elapsed()) };
            tell(&format!("{}: {}/{}{pace}", self.what, done.0, self.total));
            done.1 = Instant::now();
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
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_in_words() {
        let pace = |done, seconds| pace(done, 1000, Duration::from_secs(seconds));
        assert_eq!(pace(100, 10), ", 10.0/s, 1 min 30 s left");
        assert_eq!(pace(990, 99), ", 10.0/s, 1 s left");
        assert_eq!(pace(1, 60), ", 0.0/s, 16 h 39 min left");
        assert_eq!(pace(0, 60), "");
    }
}
