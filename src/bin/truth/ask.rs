//! Resolves every row of a table whose repository can be had.

use futures::StreamExt;
use headwater::failure::Failure;
use headwater::graph::Package;
use headwater::policy::Policy;
use headwater::progress::Progress;
use headwater::show;
use headwater::show::PackageSource;
use headwater::source::address;
use headwater::source::repository::{NoAnswer, Repositories};
use headwater::world::asking::Asking;
use headwater::world::{World, disk};

use crate::row::Row;

/// Rows under way at once.
const AT_ONCE: usize = 16;

/// What came of a row.
#[derive(Debug)]
pub struct Asked {
    /// Its commit is one: tags are taken to theirs.
    pub row: Row,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub enum Outcome {
    /// Its repository cannot be had, or has not what the table names: the row says nothing.
    Skipped(String),
    Found(Box<PackageSource>),
    /// No answer, and why.
    Failed(String),
}

/// All packages, in their order.
pub async fn all(rows: Vec<Vec<Row>>, hash: bool, registry: Option<url::Url>) -> anyhow::Result<Vec<Asked>> {
    let world = World::new(&disk::current_folder()?, registry, Asking::Usual)?;
    world.git.ready().await?;
    let stage = Progress::detect().stage("rows", rows.len());
    let asked = futures::stream::iter(rows)
        .map(|rows| async {
            let asked = one(&world, rows, hash).await;
            stage.step();
            asked
        })
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    drop(stage);
    for notice in world.finish() {
        Progress::detect().say(&notice);
    }
    Ok(asked)
}

async fn one(world: &World, rows: Vec<Row>, hash: bool) -> Asked {
    let (mut chosen, mut skipped) = (None, None);
    for mut row in rows {
        match commit(world, &row).await {
            Ok(commit) => {
                row.commit = commit;
                chosen = Some(row);
            }
            Err(why) => skipped = Some(Asked { row, outcome: Outcome::Skipped(why) }),
        }
    }
    let row = match (chosen, skipped) {
        (Some(row), _) => row,
        (None, Some(skipped)) => return skipped,
        (None, None) => return Asked { row: Row::default(), outcome: Outcome::Skipped("no row".to_owned()) },
    };
    let outcome = match Package::parse(&row.purl) {
        Err(why) => Outcome::Failed(why),
        Ok(package) => match show::found(world, &Policy::default(), &package, hash).await {
            Ok(found) => Outcome::Found(Box::new(found)),
            Err(Failure::Input(problems)) => {
                Outcome::Failed(problems.first().map(ToString::to_string).unwrap_or_default())
            }
            Err(Failure::Unreachable(problem)) => Outcome::Failed(problem.to_string()),
            Err(Failure::Other(error)) => Outcome::Failed(format!("{error:#}")),
        },
    };
    Asked { row, outcome }
}

/// The row's commit: a tag's, where one is named, as git's refs have it.
async fn commit(world: &World, row: &Row) -> Result<String, String> {
    let repository = address::parse(&row.repository).map_err(|why| why.to_string())?.repository;
    let refs = world.git.refs(&repository).await.map_err(|no| match no {
        NoAnswer::NoRepository(_) => "its repository is not there".to_owned(),
        no => no.to_string(),
    })?;
    if !row.is_tag {
        return Ok(row.commit.clone());
    }
    let is_commit = row.commit.len() == 40 && row.commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    match refs.tags.get(&row.commit) {
        Some(commit) => Ok(commit.to_string()),
        None if is_commit => Ok(row.commit.clone()),
        None => Err(format!("its repository has no tag {:?}", row.commit)),
    }
}
