//! What the end-to-end tests share: a loopback registry, real git repositories behind public addresses,
//! projects in temporary folders, the tool itself and the real Nix.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

pub mod compiler;
pub mod forge;
pub mod guix;
pub mod index;
pub mod live;
pub mod lockers;
pub mod nix;
pub mod package;
pub mod prepared;
pub mod program;
pub mod project;
pub mod python;
pub mod rebuilding;
pub mod registry;
pub mod schema;
pub mod server;

/// Text that no earlier run has used: what a test builds must not be in the store already.
pub fn nonce() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_nanos();
    format!("{now:x}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Another hash of the same length. A hash need not contain any certain digit, so replacing one may change nothing.
pub fn another_hash(hexadecimal: &str) -> String {
    let first = if hexadecimal.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &hexadecimal[1..])
}

/// Every text that consists of up to three of these.
pub fn texts(parts: &[&str]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut longest = all.clone();
    for _ in 0..3 {
        longest =
            longest.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}"))).collect();
        all.extend(longest.clone());
    }
    all
}
