//! Definitions of Guix, evaluated, fetched, built and run by the real Guix. Ignored unless asked for
//! (`./test` does), as they need a root that has Guix: see `tests/guix/root`.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod converted;
mod fetch;
mod git_prepared;
mod literals;
mod live;
mod node;
mod npm;
mod npm_built;
mod pypi;
mod pypi_local;
mod python;
mod rebuilt;
mod says;
#[path = "../support/mod.rs"]
mod support;
mod tree;
mod upstream;

use std::process::Command;

use support::lockers;
use support::project::output;

/// A text with these values in place of `@NAME@`.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
}

/// Where the live index has a file of a project.
fn on_live_index(project: &str, filename: &str) -> String {
    const ASK: &str = "
import json, sys, urllib.parse, urllib.request
_, index, project, filename = sys.argv
kind = {'Accept': 'application/vnd.pypi.simple.v1+json'}
page = urllib.request.urlopen(urllib.request.Request(f'{index}{project}/', headers=kind))
urls = [file['url'] for file in json.load(page)['files'] if file['filename'] == filename]
print(urllib.parse.urljoin(page.url, urls[0]))";
    let run =
        output(Command::new("python3").args(["-c", ASK, &lockers::index(), project, filename])).expect(0);
    run.stdout.trim().to_owned()
}
