//! Throws bytes at everything that reads text and archives from outside. `./run` builds and starts it; libFuzzer makes
//! the bytes, `HEADWATER_FUZZ` names the target.
#![no_main]

mod bound;
mod emission;
mod faults;
mod input;
mod lockfiles;
mod made;
mod plain;
mod readers;
mod target;
mod zips;

use std::panic;
use std::process::abort;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

#[global_allocator]
static BOUND: bound::Bound = bound::Bound;

fuzz_target!(|data: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        // libFuzzer's own hook ends the process at once; a panic that the tool catches itself is no fault.
        panic::set_hook(Box::new(|_| {}));
        target::chosen()
    });
    bound::forget();
    let result = panic::catch_unwind(|| target(data));
    if let Err(panic) = result {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        eprintln!("fuzz: {text}");
        abort();
    }
    if let Some(most) = bound::exceeded(data.len()) {
        eprintln!("fuzz: {} bytes of input took {most} bytes of memory", data.len());
        abort();
    }
});
