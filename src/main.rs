//! From what a lockfile installs back to the source it was made from.
fn main() {}
