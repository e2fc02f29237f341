//! A commit's submodules: fetched, and put into its plan.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use futures::future::join_all;

use super::Git;
use super::hashing::plan;
use super::store::Purpose;
use crate::hash::tree::{Gathered, Plan, Submodule};
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::source::submodule::{self, Entry};

/// Repositories in each other.
const DEEPEST: usize = 10;

/// A plan, and the repositories that its blobs lie in, by their numbers.
pub(super) struct Located {
    pub plan: Plan,
    pub stores: Vec<PathBuf>,
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One that git leaves out on purpose has nothing.
type One = Result<Option<(Located, Gathered)>, String>;

impl Git {
    /// Puts what can be had of the submodules into the plan, and says what cannot.
    pub(super) fn with_submodules<'a>(
        &'a self,
        repository: &'a Repository,
        commit: Commit,
        located: Located,
        depth: usize,
    ) -> Boxed<'a, (Located, Gathered)> {
        Box::pin(async move {
            let Located { plan, mut stores } = located;
            let entries = self.modules(&stores[0], commit).await;
            let each = plan.submodules().iter().map(|submodule| {
                let entry = entries.get(&submodule.path).cloned().unwrap_or_default();
                self.submodule(repository, submodule, entry, depth)
            });
            let all: Vec<One> = join_all(each).await;
            let mut gathered = Gathered::default();
            let mut plans = Vec::with_capacity(all.len());
            for (one, submodule) in all.into_iter().zip(plan.submodules()) {
                let path = String::from_utf8_lossy(&submodule.path).into_owned();
                let below = |rest: String| format!("{path}/{rest}");
                plans.push(match one {
                    Ok(None) => None,
                    Ok(Some((mut inner, of_inner))) => {
                        gathered.missing.extend(of_inner.missing.into_iter().map(below));
                        let key = of_inner.with_key.into_iter();
                        gathered.with_key.extend(key.map(|rest| match rest.as_str() {
                            "" => path.clone(),
                            _ => below(rest),
                        }));
                        match u16::try_from(stores.len() + inner.stores.len()) {
                            Ok(_) => {
                                let first = stores.len();
                                stores.append(&mut inner.stores);
                                Some((inner.plan, u16::try_from(first).unwrap_or(u16::MAX)))
                            }
                            Err(_) => {
                                gathered.missing.push(format!("{path}: there are too many"));
                                None
                            }
                        }
                    }
                    Err(why) => {
                        gathered.missing.push(format!("{path}: {why}"));
                        None
                    }
                });
            }
            (Located { plan: plan.with_submodules(plans), stores }, gathered)
        })
    }

    async fn submodule(&self, parent: &Repository, submodule: &Submodule, entry: Entry, depth: usize) -> One {
        if entry.left_out {
            return Ok(None);
        }
        if depth == DEEPEST {
            return Err("repositories are nested too deep".to_owned());
        }
        let url = entry.url.ok_or(".gitmodules gives no address for it")?;
        let (repository, with_key) = submodule::repository(parent, &url)
            .map_err(|refused| format!("its address {:?} {refused}", crate::printable::printable(&url)))?;
        let why = |no: NoAnswer| no.to_string();
        let address = self.address(&repository).await.map_err(why)?;
        let path = self.fetch(&address, Purpose::Files, submodule.commit, &[]).await.map_err(why)?;
        let plan = plan(&path, submodule.commit).await.map_err(why)?;
        let located = Located { plan, stores: vec![path] };
        let (located, mut gathered) =
            self.with_submodules(&repository, submodule.commit, located, depth + 1).await;
        if with_key {
            gathered.with_key.push(String::new());
        }
        Ok(Some((located, gathered)))
    }

    /// What the commit's `.gitmodules` says; nothing where there is none.
    async fn modules(&self, path: &Path, commit: Commit) -> std::collections::BTreeMap<Vec<u8>, Entry> {
        let mut ask = self.command(Some(path));
        ask.args(["config", "--blob", &format!("{commit}:.gitmodules"), "--null"]);
        ask.args(["--get-regexp", r"^submodule\..*\.(path|url|update)$"]);
        // git fails where nothing matches or there is no such file: then there are no addresses.
        self.local(&mut ask, &[])
            .await
            .map_or_else(|_| Default::default(), |said| submodule::entries(&said.stdout))
    }
}
