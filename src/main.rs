//! The `headwater` program. Exit codes: 0 done; 1 the tool or its surroundings failed; 2 bad usage or
//! input; 3 incomplete, because some host could not be reached or gave no answer of use; 4 the policy forbids something.

use std::process::ExitCode;

use clap::Parser;
use headwater::{app, cli::Cli};

fn main() -> ExitCode {
    app::run(&Cli::parse())
}
