//! Which hosts answered in this run. One that cannot be reached is asked once, not once per package.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// A host that could not be reached, or hung.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} {} ({why})", if *answers { "gives no answer of use" } else { "could not be reached" })]
pub struct Unreachable {
    pub host: String,
    pub why: String,
    /// It is there, and serves nobody.
    pub answers: bool,
}

/// What is known of each host. HTTP and git keep one each: a firewall may let one through and not the other.
#[derive(Debug, Default)]
pub struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

#[derive(Debug, Default)]
struct Host {
    known: Mutex<Option<Result<(), Unreachable>>>,
    /// Whether anybody got what was asked for, be it that there is no such thing.
    served: AtomicBool,
    /// Held by the one who asks a host of which nothing is known yet.
    probe: Arc<tokio::sync::Mutex<()>>,
}

/// Leave to ask a host. Dropped without a verdict, the next in line becomes the one who finds out.
#[derive(Debug)]
pub struct Pass {
    name: String,
    host: Arc<Host>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Hosts {
    /// Waits until the host is known to answer, or until the caller is the one to find out.
    pub async fn enter(&self, name: &str) -> Result<Pass, Unreachable> {
        let host = Arc::clone(lock(&self.0).entry(name.to_owned()).or_default());
        let pass = |guard| Pass { name: name.to_owned(), host: Arc::clone(&host), guard };
        match &*lock(&host.known) {
            Some(Ok(())) => return Ok(pass(None)),
            Some(Err(unreachable)) => return Err(unreachable.clone()),
            None => {}
        }
        let guard = Arc::clone(&host.probe).lock_owned().await;
        match &*lock(&host.known) {
            Some(Ok(())) => Ok(pass(None)),
            Some(Err(unreachable)) => Err(unreachable.clone()),
            None => Ok(pass(Some(guard))),
        }
    }
}

impl Pass {
    /// Whether others wait for what the holder finds out.
    pub fn is_probe(&self) -> bool {
        self.guard.is_some()
    }

    /// The host answered: all others may ask it at once.
    pub fn reached(&mut self) {
        let mut known = lock(&self.host.known);
        if known.is_none() {
            *known = Some(Ok(()));
        }
        drop(known);
        self.guard = None;
    }

    /// The host gave what was asked for.
    pub fn served(&self) {
        self.host.served.store(true, Ordering::Relaxed);
    }

    /// Whoever holds this gives up: the host answers, and with nothing of use. Where it has served nobody, it counts as one
    /// that does not answer.
    pub fn in_vain(&mut self, why: &str) {
        if !self.host.served.load(Ordering::Relaxed) {
            self.useless(why);
        }
    }

    /// The host answers that it will serve nobody for now: nobody asks it again in this run.
    pub fn useless(&mut self, why: impl Into<String>) -> Unreachable {
        self.given_up(why.into(), true)
    }

    /// The host did not answer: nobody asks it again in this run.
    pub fn unreachable(&mut self, why: impl Into<String>) -> Unreachable {
        self.given_up(why.into(), false)
    }

    fn given_up(&mut self, why: String, answers: bool) -> Unreachable {
        let unreachable = Unreachable { host: self.name.clone(), why, answers };
        *lock(&self.host.known) = Some(Err(unreachable.clone()));
        self.guard = None;
        unreachable
    }
}

/// What was known stays true when a thread that held the lock has panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test]
    async fn an_unreachable_host_costs_one_attempt() {
        let (hosts, attempts) = (Hosts::default(), AtomicUsize::new(0));
        let ask = || async {
            let mut pass = hosts.enter("example.org").await?;
            attempts.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Err::<(), _>(pass.unreachable("refused"))
        };
        let answers = futures::future::join_all((0..100).map(|_| ask())).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
        assert!(hosts.enter("other.example.org").await.is_ok());
    }

    #[tokio::test]
    async fn a_host_that_serves_nobody_is_given_up_on() {
        let hosts = Hosts::default();
        let mut pass = hosts.enter("busy.example").await.unwrap();
        pass.reached();
        pass.in_vain("status 503");
        assert_eq!(hosts.enter("busy.example").await.unwrap_err().why, "status 503");
        let mut pass = hosts.enter("good.example").await.unwrap();
        pass.reached();
        pass.served();
        pass.in_vain("status 500 of one page");
        assert!(hosts.enter("good.example").await.is_ok());
    }

    #[tokio::test]
    async fn without_a_verdict_the_next_one_asks() {
        let hosts = Hosts::default();
        drop(hosts.enter("a").await.unwrap());
        hosts.enter("a").await.unwrap().reached();
        let both = [hosts.enter("a").await, hosts.enter("a").await];
        assert!(both.iter().all(Result::is_ok), "a host that answers is asked in parallel");
    }
}
