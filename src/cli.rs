//! Arguments as given. What they mean together is decided in `settings`.

use crate::emit::Language;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Takes what a lockfile installs back to the source it was made from, and builds it from there.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// Shown by `--help`; `docs/reference/exit-codes.md` has the details. Lines are short, as clap does not indent them.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the tool or its surroundings failed
  2  bad usage or bad input; nothing was written
  3  incomplete: a host could not be reached, or gave no usable answer;
     files are written where they can be, and the next run continues;
     package: a hash cannot be computed, or the build failed
  4  the policy forbids something:
     --strict: an artifact that nobody has vetted
     --no-new-fallbacks: a package that is made less well than before";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find the source of everything that a lockfile installs, and write Nix or Guix that builds the project from it
    #[command(after_help = EXIT_CODES)]
    Convert(Convert),
    /// Show which commit a package was made from, what was considered, and why
    #[command(after_help = EXIT_CODES)]
    Source(Source),
    /// Write or update a package of nixpkgs or Guix: its source proved, its hashes computed
    #[command(after_help = EXIT_CODES, disable_version_flag = true)]
    Package(Package),
    /// Build packages again from their commits, and compare them with what the registry or index serves
    Verify(Verify),
    /// Show the cache, or make it smaller
    Cache(Cache),
    /// Print completions for a shell
    Completions(Completions),
    /// Print a manual page (roff)
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// The command that the page is about, if not headwater as a whole
    pub command: Option<String>,
}

#[derive(Debug, Args)]
pub struct Convert {
    /// The project's folder, or its lockfile
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// What to write
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "nix")]
    pub to: Vec<Language>,
    /// Where to write, if not beside the lockfile
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Exit with 4 if an artifact is used that no exception in headwater.toml vets
    #[arg(long)]
    pub strict: bool,
    /// Exit with 4, and write nothing, if a package is made less well than headwater.lock has it
    #[arg(long)]
    pub no_new_fallbacks: bool,
    /// Append an exception for each unvetted artifact to headwater.toml, with an empty owner to fill in
    #[arg(long)]
    pub write_exceptions: bool,
    /// Python: the member of a workspace to convert, if not its root
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// Python: leave out development groups
    #[arg(long)]
    pub no_dev: bool,
    /// Ask again for what headwater.lock already answers
    #[arg(long)]
    pub refresh: bool,
    /// Python: pin a file that has no pins into requirements.lock.txt, with uv or else pip
    #[arg(long)]
    pub resolve: bool,
    /// Python: the nixpkgs in whose sandbox build backends are asked what they need, if not <nixpkgs>
    #[arg(long, value_name = "PATH")]
    pub nixpkgs: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// NAME, NAME@VERSION or NAME==VERSION of what headwater.lock has; all that is built and was not compared yet, if none is given
    #[arg(value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// The folder of headwater.lock
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Build again what is recorded or in the Nix store already, and compare both builds
    #[arg(long)]
    pub rebuild: bool,
    /// Write what this run built into this folder, as unsigned in-toto statements: one file for each package
    #[arg(long, value_name = "DIR", requires = "rebuild")]
    pub attest: Option<PathBuf>,
    /// Who builds, for the statements: a URI
    #[arg(long, value_name = "URI", requires = "attest", default_value = "urn:headwater:unnamed-builder")]
    pub builder_id: String,
    /// Look at the tools as well: 2 for those of the packages, 3 for the tools of the tools that are rebuilt, and so on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    pub depth: u8,
    /// How many packages are built at a time
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub jobs: usize,
    /// Go on with the other packages where one cannot be tried, as a host or Nix fails
    #[arg(long)]
    pub keep_going: bool,
    /// The nixpkgs to build over, if not <nixpkgs>
    #[arg(long, value_name = "PATH")]
    pub nixpkgs: Option<PathBuf>,
    /// Ask again for what may have changed: metadata and refs
    #[arg(long)]
    pub refresh: bool,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Source {
    /// NAME@VERSION (npm), NAME==VERSION (Python), or a purl (pkg:npm/NAME@VERSION, pkg:pypi/NAME@VERSION)
    #[arg(value_name = "PACKAGE", required_unless_present = "batch", conflicts_with = "batch")]
    pub package: Option<String>,
    /// A list of packages, one on each line (- for standard input). Prints one JSON line for each, in order
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
    /// Where the lines of a batch go. The same command continues a batch that was stopped
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub output: Option<PathBuf>,
    /// Add the hashes of the commit, as git checkout leaves it and as git archive gives it
    #[arg(long)]
    pub hash: bool,
    /// Ask again for what may have changed: metadata, refs, and what was resolved from them
    #[arg(long)]
    pub refresh: bool,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Package {
    /// NAME@VERSION (npm), NAME==VERSION (Python), a purl, a folder that is a checkout, or the address of a repository:
    /// URL#TAG, URL#COMMIT, or a page of its forge
    ///
    /// With --update: NAME or pkg:npm/NAME, where the file's own source does not say which package it is
    #[arg(value_name = "PACKAGE", required_unless_present = "update")]
    pub package: Option<String>,
    /// Bring a file that is there to the newest release, in place; every byte that need not change stays
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "name", "maintainer", "build", "version_check"])]
    pub update: Option<PathBuf>,
    /// The release to update to, if not the newest
    #[arg(long, value_name = "VERSION", requires = "update")]
    pub version: Option<String>,
    /// For whom to write it
    #[arg(long, value_enum, value_name = "DISTRIBUTION", default_value = "nixpkgs")]
    pub to: Distribution,
    /// Where to write it, if not to its place in nixpkgs or to NAME.scm, below this folder
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print the file (of an update: what changes) on standard output, and write nothing
    #[arg(long, conflicts_with = "out")]
    pub print: bool,
    /// The attribute, if not the package's own name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Python: whether it is an application or a library, if not what its metadata says of it
    #[arg(long = "as", value_enum, value_name = "PURPOSE")]
    pub purpose: Option<Purpose>,
    /// Your handle in nixpkgs' list of maintainers
    #[arg(long, value_name = "HANDLE")]
    pub maintainer: Option<String>,
    /// Build it in the sandbox of Nix; check the program's version in the build if `--version` prints it
    #[arg(long, conflicts_with = "offline")]
    pub build: bool,
    /// The nixpkgs whose names and versions count, and that it is built over, if not <nixpkgs>
    #[arg(long, value_name = "PATH")]
    pub nixpkgs: Option<PathBuf>,
    /// Write the packages that your nixpkgs (Python) or your Guix lacks for it as well
    #[arg(long, conflicts_with = "build")]
    pub recursive: bool,
    /// Check the program's version in the build: you have seen that `--version` prints it
    #[arg(long, conflicts_with = "build")]
    pub version_check: bool,
    /// Ask again for what may have changed: metadata, refs, and what was resolved from them
    #[arg(long)]
    pub refresh: bool,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// pkgs/by-name/.../package.nix
    Application,
    /// pkgs/development/python-modules/.../default.nix
    Library,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Distribution {
    /// pkgs/by-name/.../package.nix
    Nixpkgs,
    /// A module with definitions for (gnu packages ...)
    Guix,
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
    /// Remove what was not used for long. Safe while other processes use the cache
    Prune(Prune),
    /// Remove everything that no other process uses
    Clear,
}

#[derive(Debug, Args)]
#[group(required = true)]
pub struct Prune {
    /// Remove what was not used for this many days
    #[arg(long, value_name = "DAYS")]
    pub unused_for: Option<u32>,
    /// Remove what was unused longest, until this much is left (500M, 20G)
    #[arg(long, value_name = "SIZE")]
    pub to_size: Option<String>,
}

#[derive(Debug, Args)]
pub struct Common {
    /// Use only the cache. Anything missing counts as unreachable
    #[arg(long, conflicts_with = "refresh")]
    pub offline: bool,
    /// Print the result as JSON on standard output. On a failure: exit code, message and problems
    #[arg(long)]
    pub json: bool,
    /// The registry to ask, instead of the one that your settings name
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_sound() {
        super::Cli::command().debug_assert();
    }
}
