//! What is written from the one declaration of the arguments: completions for shells, and manual pages.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;

/// The program's name, in completions and on pages.
const NAME: &str = "headwater";

/// A script that completes the arguments.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    script
}

/// The manual page of a command, or of the program; `None` where there is no such command.
///
/// # Errors
/// None that writing to memory can cause.
pub fn page(command: Option<&str>) -> io::Result<Option<Vec<u8>>> {
    let mut whole = Cli::command();
    whole.build();
    let of = match command {
        None => Some(&whole),
        Some(name) => whole.get_subcommands().find(|command| command.get_name() == name),
    };
    let Some(of) = of else { return Ok(None) };
    let mut page = Vec::new();
    clap_mangen::Man::new(of.clone()).title(of.get_display_name().unwrap_or(NAME)).render(&mut page)?;
    Ok(Some(page))
}

/// The commands that have a page.
pub fn commands() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}
