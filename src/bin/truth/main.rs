//! Measures how well sources are found: `cargo run --release --bin truth -- TABLE [--hash]`.
//!
//! A table says of packages which commit they were made from. Each is resolved as `headwater source` does it;
//! what is printed is how often the commit is right, and every row where it is not, with the reason. Exit
//! codes: 0 nothing is wrong and enough is found; 1 not so; 2 no table that can be read.
//!
//! For maintainers and for those who doubt the figures; no part of what users run.

mod ask;
mod report;
mod row;
mod score;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use headwater::world::disk;

/// Measures `headwater source` on a table of known answers.
#[derive(Debug, Parser)]
#[command(after_help = row::TABLES)]
struct Cli {
    /// Tab-separated, with a line of column names
    table: PathBuf,
    /// Compare the hashes of the commits as well
    #[arg(long)]
    hash: bool,
    /// The registry to ask
    #[arg(long, value_name = "URL")]
    registry: Option<url::Url>,
}

/// The largest table in bytes.
const TABLE: u64 = 256 << 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok((report, good)) => {
            print!("{report}");
            if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("truth: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<(String, bool)> {
    let table = row::read(&disk::read_text(&cli.table, TABLE)?)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let asked = runtime.block_on(ask::all(table, cli.hash, cli.registry.clone()))?;
    let score = score::score(&asked);
    Ok((report::text(&score), score.is_good()))
}
