//! Many packages at a time; their faults are collected.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::defect;
use crate::failure::Failure;
use crate::problem::Problem;
use crate::progress::Stage;

/// How many packages are under way at once; what they ask is bounded again by host and by program. Many more than
/// are downloaded at once: a hundred packages of one repository may wait for its history.
const AT_ONCE: usize = 256;

/// Does the work of each item, in parallel; the results come in no order. `shown` is what a person calls an item.
///
/// # Errors
/// Problems of items, all of them; or a registry that cannot be reached; or a failure of the surroundings.
pub async fn all<T, R, F>(
    items: impl IntoIterator<Item = T>,
    stage: &Stage,
    shown: impl Fn(&T) -> String,
    work: impl Fn(T) -> F,
) -> Result<Vec<R>, Failure>
where
    R: Send + 'static,
    F: Future<Output = Result<R, Failure>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    // A task each: parsing and hashing want every processor. They end with the set when the work is dropped.
    let mut tasks = JoinSet::new();
    for item in items {
        let (places, names, name) = (Arc::clone(&places), stage.names(), shown(&item));
        let work = work(item);
        tasks.spawn(async move {
            let _place = places.acquire().await;
            defect::point(&name);
            let _doing = names.doing(name);
            work.await
        });
    }
    let (mut done, mut problems) = (Vec::new(), Vec::new());
    let mut network: Option<Problem> = None;
    while let Some(result) = tasks.join_next().await {
        stage.step();
        match result.map_err(anyhow::Error::from)? {
            Ok(result) => done.push(result),
            Err(Failure::Input(found)) => problems.extend(found),
            // The same one, in whatever order the answers came.
            Err(Failure::Unreachable(problem)) => network = network.into_iter().chain([problem]).min(),
            Err(Failure::Other(error)) => return Err(error.into()),
        }
    }
    if !problems.is_empty() {
        problems.sort();
        problems.dedup();
        return Err(Failure::Input(problems));
    }
    match network {
        Some(problem) => Err(Failure::Unreachable(problem)),
        None => Ok(done),
    }
}
