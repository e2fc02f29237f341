//! The `git` command, so that a user's `insteadOf`, credential helpers and transports work as ever.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use tokio::process::Command;

use super::Git;
use super::address::Address;
use super::classify::{self, classify, is_broken, is_busy};
use super::rewrites::Rewrites;
use crate::source::repository::NoAnswer;
use crate::world::asking::OFFLINE;
use crate::world::process::{self, Bounds, ProcessError};

/// Variables that would point git at another repository.
const ELSEWHERE: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
];
/// Settings that no user's may override: no other programs, no housekeeping, an end to silence.
const SETTINGS: &[&str] = &[
    "protocol.ext.allow=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "credential.interactive=never",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    // A fetch that breaks off then leaves nothing, where single objects would look like a whole commit.
    "fetch.unpackLimit=1",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
];
const SSH: &str = "-o BatchMode=yes -o ConnectTimeout=15";
/// Further attempts where the host is busy.
const RETRIES: u32 = 2;
/// Further attempts where what it sent is damaged.
const RETRIES_BROKEN: u32 = 1;

/// What git said: all of standard output and, for its warnings, standard error.
pub(super) struct Said {
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Git {
    /// git in a repository, or in none. Missing objects are not fetched unless the caller says so.
    pub(super) fn command(&self, repository: Option<&Path>) -> Command {
        let mut command = process::command(&self.0.options.program);
        command.current_dir(&self.0.folder);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("SSH_ASKPASS", "")
            .env("GCM_INTERACTIVE", "never")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env(
                "GIT_SSH_COMMAND",
                match std::env::var("GIT_SSH_COMMAND") {
                    Ok(own) if !own.is_empty() => format!("{own} {SSH}"),
                    _ => format!("ssh {SSH}"),
                },
            );
        command.envs(self.0.options.env.iter().map(|(key, value)| (key, value)));
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        if let Some(repository) = repository {
            command.arg("--git-dir").arg(repository);
        }
        command
    }

    /// Runs a command that asks nobody but this disk.
    pub(super) async fn local(&self, command: &mut Command, input: &[u8]) -> Result<Said, NoAnswer> {
        let bounds = Bounds { time: self.0.options.timeout, output: self.0.options.output };
        let _place = self.0.gate.acquire().await;
        let output = process::run_with(command, input, bounds).await;
        let output = output.map_err(|error| NoAnswer::Failed(error.to_string()))?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(Said { stdout: output.stdout, stderr })
        } else {
            Err(NoAnswer::Failed(classify::gist(&stderr)))
        }
    }

    /// The host that git will ask: another than the address names, where the user's settings say so.
    async fn asked_host(&self, address: &Address) -> String {
        self.rewrites().await.host(&address.url, &address.host)
    }

    /// The user's rules; none where git cannot say (then it is not [`ready`](Self::ready)).
    pub(super) async fn rewrites(&self) -> &Rewrites {
        self.0.rewrites.get_or_init(|| async { self.load_rewrites().await.unwrap_or_default() }).await
    }

    /// Makes sure that there is a git, and that it can read its settings: without, no question has an answer.
    ///
    /// # Errors
    /// No program of that name, or settings that it refuses.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.0.rewrites.get_or_try_init(|| self.load_rewrites()).await.map(drop)
    }

    async fn load_rewrites(&self) -> anyhow::Result<Rewrites> {
        let mut ask = self.command(None);
        ask.args(["config", "--null", "--get-regexp", r"^url\..*\.insteadof$"]);
        let bounds = Bounds { time: self.0.options.timeout, output: self.0.options.output };
        let said = process::run_with(&mut ask, &[], bounds).await.context("git is needed to find sources")?;
        // 1: nothing matches.
        let stderr = String::from_utf8_lossy(&said.stderr);
        anyhow::ensure!(
            matches!(said.status.code(), Some(0 | 1)),
            "git cannot be used: {}",
            classify::gist(&stderr)
        );
        Ok(Rewrites::parse(&said.stdout))
    }

    /// Runs a command that asks the remote; `build` makes it anew for each attempt.
    pub(super) async fn remote(
        &self,
        address: &Address,
        limit: Duration,
        build: impl Fn() -> Command,
    ) -> Result<Said, NoAnswer> {
        self.attempts(address, limit, None, build).await
    }

    /// Runs a command that fetches into a repository, which must not grow beyond all bounds.
    pub(super) async fn remote_into(
        &self,
        address: &Address,
        repository: &Path,
        build: impl Fn() -> Command,
    ) -> Result<Said, NoAnswer> {
        self.attempts(address, self.0.options.timeout, Some(repository), build).await
    }

    async fn attempts(
        &self,
        address: &Address,
        limit: Duration,
        repository: Option<&Path>,
        build: impl Fn() -> Command,
    ) -> Result<Said, NoAnswer> {
        let host = self.asked_host(address).await;
        let unreachable = |why| NoAnswer::Unreachable { host: address.host.clone(), why };
        if self.0.options.offline {
            return Err(unreachable(OFFLINE.to_owned()));
        }
        let mut pass = self.0.hosts.enter(&host).await.map_err(|no| unreachable(no.why))?;
        let bounds = Bounds { time: limit.min(self.0.options.timeout), output: self.0.options.output };
        let mut attempt = 0;
        loop {
            let place = self.0.gate.acquire().await;
            let mut command = build();
            let output = tokio::select! {
                output = process::run_with(&mut command, &[], bounds) => output,
                bytes = grown(repository, self.0.options.fetched) => {
                    let why = format!("it sends more than {bytes} bytes for what was asked");
                    pass.reached();
                    repository.map(super::store::sweep);
                    return Err(NoAnswer::Failed(why));
                }
            };
            drop(place);
            let failed = !output.as_ref().is_ok_and(|output| output.status.success());
            if let Some(repository) = repository.filter(|_| failed) {
                super::store::sweep(repository);
            }
            let output = match output {
                Ok(output) => output,
                Err(ProcessError::Timeout { limit, .. }) => {
                    let why = format!("it did not answer within {} s", limit.as_secs_f32());
                    // A host that has answered others is there: then it is this repository that is too slow.
                    if !pass.is_probe() {
                        return Err(NoAnswer::Unanswered { host: address.host.clone(), why });
                    }
                    return Err(unreachable(pass.unreachable(why).why));
                }
                Err(error) => return Err(NoAnswer::Failed(error.to_string())),
            };
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() {
                pass.reached();
                return Ok(Said { stdout: output.stdout, stderr });
            }
            let no_answer = classify(&stderr, address);
            if let NoAnswer::Unreachable { why, .. } = &no_answer {
                pass.unreachable(why);
                return Err(no_answer);
            }
            pass.reached();
            let tries = match is_broken(&stderr) {
                true => RETRIES_BROKEN,
                false if is_busy(&stderr) => RETRIES,
                false => 0,
            };
            if attempt >= tries {
                return Err(no_answer);
            }
            tokio::time::sleep(self.0.options.backoff * 3_u32.pow(attempt)).await;
            attempt += 1;
        }
    }
}

/// Ends when the packs that arrive in a repository have grown by more than `limit` bytes; else never.
async fn grown(repository: Option<&Path>, limit: u64) -> u64 {
    let Some(repository) = repository else { return std::future::pending().await };
    let folder = repository.join("objects/pack");
    let size = || -> u64 {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
    };
    let before = size();
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if size().saturating_sub(before) > limit {
            return limit;
        }
    }
}

/// How long, how much, how many.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program itself.
    pub program: String,
    /// Further variables for it.
    pub env: Vec<(String, String)>,
    /// For one command, a fetch included.
    pub timeout: Duration,
    /// For `ls-remote`, by which most hosts are asked first.
    pub refs_timeout: Duration,
    /// Bytes that one command may print: a blob, a list of files.
    pub output: u64,
    /// Bytes that one fetch may bring.
    pub fetched: u64,
    /// Commands at once.
    pub concurrency: usize,
    /// The first wait where a host is busy.
    pub backoff: Duration,
    /// How old refs from an earlier run may be.
    pub refs_age: Duration,
    /// Whether hosts on this machine and in private networks may be asked.
    pub private_hosts: bool,
    /// Nothing but this disk is asked.
    pub offline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: "git".to_owned(),
            env: Vec::new(),
            timeout: Duration::from_secs(300),
            refs_timeout: Duration::from_secs(45),
            output: 1 << 30,
            fetched: 2 << 30,
            concurrency: 8,
            backoff: Duration::from_secs(2),
            refs_age: Duration::from_secs(600),
            private_hosts: false,
            offline: false,
        }
    }
}
