//! Arguments as given. What they mean together is decided in `settings`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Takes what a lockfile installs back to the source it was made from, and builds it from there.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// Shown by `--help`; the README repeats it.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the tool or its surroundings failed
  2  bad usage or bad input; nothing was written
  3  incomplete: some host could not be reached, or gave no answer of use; files are written where they can be, the
     next run continues
  4  the policy forbids something (--strict: an artifact that nobody has vetted; --no-new-fallbacks: a package that is
     proved or built less well than headwater.lock had it)";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Convert a project: find the source of everything its lockfile installs, and write Nix or Guix that builds it
    #[command(after_help = EXIT_CODES)]
    Convert(Convert),
    /// Show where one package comes from, what was considered, and why
    #[command(after_help = EXIT_CODES)]
    Source(Source),
    /// Show what the cache holds, or make it smaller
    Cache(Cache),
}

#[derive(Debug, Args)]
pub struct Convert {
    /// The project's folder, or its lockfile
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// What to write
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "nix")]
    pub to: Vec<Language>,
    /// Where to write it, if not beside the lockfile
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Exit with 4 if an artifact is used that no exception in headwater.toml vets
    #[arg(long)]
    pub strict: bool,
    /// Exit with 4 if a package is made less well than headwater.lock had it: not from its commit, or not from source
    #[arg(long)]
    pub no_new_fallbacks: bool,
    /// Append an exception for each unvetted artifact to headwater.toml, its owner left to be filled in
    #[arg(long)]
    pub write_exceptions: bool,
    /// The project of a Python workspace to convert, if not its root
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// Leave out what only developers install: the development groups of a Python project
    #[arg(long)]
    pub no_dev: bool,
    /// Ask again for what headwater.lock already answers
    #[arg(long)]
    pub refresh: bool,
    /// Pin a requirements file or pyproject.toml that has no pins (with uv, or else pip), into requirements.lock.txt
    #[arg(long)]
    pub resolve: bool,
    /// The nixpkgs in whose sandbox Python build backends are asked what they need, if not <nixpkgs>
    #[arg(long, value_name = "PATH")]
    pub nixpkgs: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Source {
    /// NAME@VERSION, or a purl (pkg:npm/NAME@VERSION)
    #[arg(value_name = "PACKAGE", required_unless_present = "batch", conflicts_with = "batch")]
    pub package: Option<String>,
    /// A list of packages, one a line (- for standard input): one JSON line each is printed, in the list's order
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Where a batch's lines go; those that are there already are kept, and what is missing is asked
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub output: Option<PathBuf>,
    /// Add the hashes of the commit's files, as git checkout leaves them and as git archive gives them
    #[arg(long)]
    pub hash: bool,
    /// Ask again for what may have changed: metadata, refs, and what was resolved from them
    #[arg(long)]
    pub refresh: bool,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Cache {
    #[command(subcommand)]
    pub command: Option<CacheCommand>,
    /// Print the result as JSON on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// Remove what has been unused for long, or longest until it is small enough; other processes may go on
    Prune(Prune),
    /// Remove everything that no other process is using
    Clear,
}

#[derive(Debug, Args)]
#[group(required = true)]
pub struct Prune {
    /// What has not been used for so many days
    #[arg(long, value_name = "DAYS")]
    pub unused_for: Option<u32>,
    /// What has been unused longest, until so much is left (500M, 20G)
    #[arg(long, value_name = "SIZE")]
    pub to_size: Option<String>,
}

#[derive(Debug, Args)]
pub struct Common {
    /// Ask nothing of the network: what the cache has not, counts as a host that cannot be reached
    #[arg(long, conflicts_with = "refresh")]
    pub offline: bool,
    /// Print the result as JSON on standard output; on a failure, its exit code, message and problems
    #[arg(long)]
    pub json: bool,
    /// The registry to ask, instead of the one that .npmrc or npm itself names
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Language {
    /// nix/headwater/ and flake.nix
    Nix,
    /// modules/, guix.scm and manifest.scm
    Guix,
    /// requirements.git.txt and requirements.hash.txt, for pip (Python only)
    Pip,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_sound() {
        super::Cli::command().debug_assert();
    }
}
