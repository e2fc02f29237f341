//! Hashes commits or folders, for measuring and comparing: `tree-hash FOLDER` prints the NAR hash of a folder
//! without `.git`; `tree-hash [--submodules]` reads lines of an address and a commit and prints JSON lines.

#![allow(clippy::disallowed_methods, reason = "reads what it hashes")]

use std::io::BufRead;
use std::path::Path;

use headwater::hash::Digest;
use headwater::source::repository::Repository;
use headwater::world::cache::Cache;
use headwater::world::disk;
use headwater::world::git::{Git, Options};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let submodules = arguments.iter().any(|argument| argument == "--submodules");
    if let Some(folder) = arguments.iter().find(|argument| !argument.starts_with("--")) {
        println!("{}", disk::nar_hash(Path::new(folder), true)?);
        return Ok(());
    }
    let cache = Cache::default_folder().map_or_else(Cache::none, |folder| Cache::open(&folder));
    let git = Git::new(Options::default(), cache)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((address, commit)) = line.split_once([' ', '\t']) else { continue };
        let commit = Digest::try_from(commit.to_owned())?;
        let found = git.tree_hash(&Repository(address.to_owned()), commit, submodules).await;
        let answer = found.map_or_else(
            |no| serde_json::json!({ "error": no.to_string() }),
            |found| serde_json::json!(found),
        );
        println!("{}", serde_json::json!({ "address": address, "commit": commit, "answer": answer }));
    }
    Ok(())
}
