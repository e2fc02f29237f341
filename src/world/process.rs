//! Running programs: with a time limit that ends their children too, and nothing to ask a person.

use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("{program} cannot be run: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} did not end within {} seconds", limit.as_secs_f32())]
    Timeout { program: String, limit: Duration },
    #[error("the output of {program} cannot be read: {source}")]
    Output { program: String, source: io::Error },
}

/// A program in the C locale, without standard input, in a process group of its own.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").env("LANGUAGE", "").stdin(Stdio::null()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// Runs it to its end; after `limit`, or when the caller goes away, the whole process group is killed.
pub async fn run(command: &mut Command, limit: Duration) -> Result<Output, ProcessError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|source| ProcessError::Start { program: program.clone(), source })?;
    let mut group = Group(child.id());
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let work = async {
        let read_out = async {
            match &mut out {
                Some(pipe) => pipe.read_to_end(&mut stdout).await.map(drop),
                None => Ok(()),
            }
        };
        let read_err = async {
            match &mut err {
                Some(pipe) => pipe.read_to_end(&mut stderr).await.map(drop),
                None => Ok(()),
            }
        };
        let (status, ..) = tokio::try_join!(child.wait(), read_out, read_err)?;
        Ok(status)
    };
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(status)) => {
            // It has ended and its pipes are closed: its id may soon be another's.
            group.0 = None;
            Ok(Output { status, stdout, stderr })
        }
        Ok(Err(source)) => Err(ProcessError::Output { program, source }),
        Err(_) => Err(ProcessError::Timeout { program, limit }),
    }
}

/// Kills the group when dropped: git leaves its helpers (ssh, remote-https) behind otherwise.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0.and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?)) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn children_end_with_their_parent() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let mut shell = command("sh");
        shell.arg("-c").arg(format!("(sleep 1; touch {}) & wait", mark.display()));
        let started = Instant::now();
        let ended = run(&mut shell, Duration::from_millis(200)).await;
        assert!(matches!(ended, Err(ProcessError::Timeout { .. })), "{ended:?}");
        assert!(started.elapsed() < Duration::from_millis(900));
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert!(!mark.exists(), "the child went on");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let error = run(&mut command("headwater-no-such-program"), Duration::from_secs(1)).await.unwrap_err();
        assert!(error.to_string().contains("headwater-no-such-program"), "{error}");
    }

    #[tokio::test]
    async fn large_output_on_both_pipes() {
        let mut shell = command("sh");
        shell.args(["-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3"]);
        let output = run(&mut shell, Duration::from_secs(10)).await.unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len()), (300_000, 300_000));
        assert_eq!(output.status.code(), Some(3));
    }
}
