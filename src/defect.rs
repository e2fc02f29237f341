//! A panic is a defect of this program: it ends the run with a message and an exit code, as any failure does.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use tokio::sync::Notify;

use crate::foreign;

/// What the first panic said.
static FIRST: Mutex<Option<String>> = Mutex::new(None);
static HAPPENED: Notify = Notify::const_new();

/// From now on a panic says nothing itself. With RUST_BACKTRACE set, the stack is printed as ever.
#[expect(clippy::disallowed_methods, reason = "asks as Rust itself does")]
pub fn watch() {
    let usual = panic::take_hook();
    let wants_stack = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        if foreign::is_guarded() {
            return;
        }
        if wants_stack {
            usual(info);
        }
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| said(info));
        HAPPENED.notify_one();
    }));
}

fn said(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |at| format!("{}:{}: ", at.file(), at.line()));
    let payload = info.payload();
    let said =
        payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    format!("{place}{}", said.unwrap_or("it panicked"))
}

/// Waits for a panic, in whatever task or thread.
pub async fn happened() {
    HAPPENED.notified().await;
}

/// Does the work; `None` where it panics.
pub async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

/// The same of work that is done at once.
pub fn caught_at_once<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

/// What to tell the user.
pub fn message() -> String {
    let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    format!(
        "a defect of headwater {}, not of what it was given: {}\nPlease report it where you have headwater from: this \
         message, the command, and the lockfile or the package; with RUST_BACKTRACE=1 set, the same command says more",
        env!("CARGO_PKG_VERSION"),
        first.as_deref().unwrap_or("it panicked")
    )
}

/// Panics where a test of the whole program asks for it; in no release build.
#[expect(clippy::disallowed_methods, reason = "only tests set it")]
pub fn point(name: &str) {
    assert!(
        !cfg!(debug_assertions) || std::env::var("HEADWATER_TEST_PANIC").as_deref() != Ok(name),
        "as the test wants it"
    );
}
