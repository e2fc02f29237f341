//! Running programs: with a time limit that ends their children too, and nothing to ask a person.

use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("{program} cannot be run: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} did not end within {} seconds", limit.as_secs_f32())]
    Timeout { program: String, limit: Duration },
    #[error("talking to {program} failed: {source}")]
    Pipe { program: String, source: io::Error },
    #[error("{program} says more than {limit} bytes")]
    TooMuch { program: String, limit: u64 },
}

/// A program in the C locale, without standard input, in a process group of its own.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").env("LANGUAGE", "").stdin(Stdio::null()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// How far a program may go.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub time: Duration,
    /// Bytes on standard output; of standard error, the first and the last [`ERRORS`] are kept.
    pub output: u64,
}

/// Bytes of standard error that are kept of its beginning, and of its end.
const ERRORS: u64 = 1 << 20;

/// Runs it to its end; after `limit`, or when the caller goes away, the whole process group is killed.
pub async fn run(command: &mut Command, limit: Duration) -> Result<Output, ProcessError> {
    run_with(command, &[], Bounds { time: limit, output: 64 << 20 }).await
}

/// The same with `input` on standard input, and a bound on the output.
pub async fn run_with(command: &mut Command, input: &[u8], bounds: Bounds) -> Result<Output, ProcessError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|source| ProcessError::Start { program: program.clone(), source })?;
    let mut group = Group(child.id());
    let (stdin, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        match stdin {
            // A program that stops reading says why on its other pipes.
            Some(mut pipe) => pipe.write_all(input).await.or(Ok(())),
            None => Ok(()),
        }
    };
    let work = async {
        tokio::try_join!(child.wait(), write, read(out, bounds.output.saturating_add(1)), errors(err))
    };
    match tokio::time::timeout(bounds.time, work).await {
        Ok(Ok((_, (), stdout, _))) if stdout.len() as u64 > bounds.output => {
            Err(ProcessError::TooMuch { program, limit: bounds.output })
        }
        Ok(Ok((status, (), stdout, stderr))) => {
            // It has ended and its pipes are closed: its id may soon be another's.
            group.0 = None;
            Ok(Output { status, stdout, stderr })
        }
        Ok(Err(source)) => Err(ProcessError::Pipe { program, source }),
        Err(_) => Err(ProcessError::Timeout { program, limit: bounds.time }),
    }
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(limit).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

async fn errors(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(ERRORS).read_to_end(&mut bytes).await?;
        // A long log says at its end what went wrong.
        let mut tail = Vec::new();
        while (&mut pipe).take(ERRORS).read_to_end(&mut tail).await? > 0 {
            let spare = tail.len().saturating_sub(ERRORS as usize);
            tail.drain(..spare);
        }
        bytes.append(&mut tail);
    }
    Ok(bytes)
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
    async fn output_has_a_bound_and_input_arrives() {
        let bounds = Bounds { time: Duration::from_secs(5), output: 1000 };
        let endless = run_with(command("sh").args(["-c", "yes; echo"]), &[], bounds).await;
        assert!(matches!(endless, Err(ProcessError::TooMuch { .. })), "{endless:?}");
        let echoed = run_with(&mut command("cat"), &[b'x'; 1000], bounds).await.unwrap();
        assert_eq!(echoed.stdout.len(), 1000);
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
