//! A git server over HTTP on the loopback: git's own `http-backend` behind a few lines of CGI, with the faults
//! that a test asks for; or the plain files of a repository.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// What is done to one answer.
pub enum Fault {
    /// To this address.
    Redirect(String),
    /// The body ends after so many bytes, as if it were whole.
    Cut(usize),
    /// One byte of the pack is another.
    Damage,
    /// A few bytes a second, without end.
    Slow,
    /// Not by git: the files themselves.
    Plain,
}

type Faults = dyn Fn(&str, usize) -> Option<Fault> + Send + Sync;

pub struct Smart {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Smart {
    /// Serves the repositories of a folder; `faults` is given each request line and how many came before.
    pub fn start(root: &Path, faults: impl Fn(&str, usize) -> Option<Fault> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, root, faults): (_, _, Arc<Faults>) =
            (Arc::clone(&asked), root.to_owned(), Arc::new(faults));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, root, faults) = (Arc::clone(&log), root.clone(), Arc::clone(&faults));
                std::thread::spawn(move || serve(stream, &root, &log, &*faults));
            }
        });
        Self { address, asked }
    }

    /// The request lines so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// One request of a connection; what git says of a client that went away is nobody's concern.
fn serve(stream: TcpStream, root: &Path, log: &Mutex<Vec<String>>, faults: &Faults) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let header = |name: &str| {
        head[1..].iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let mut body = vec![0; header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let line = head.first()?.clone();
    let before = {
        let mut log = log.lock().unwrap();
        log.push(line.clone());
        log.len() - 1
    };
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let fault = faults(&line, before);
    let mut stream = stream;
    let (status, headers, mut answer) = match &fault {
        Some(Fault::Redirect(to)) => ("301 Moved".to_owned(), format!("Location: {to}\r\n"), Vec::new()),
        Some(Fault::Plain) => match std::fs::read(root.join(path.trim_start_matches('/'))) {
            Ok(bytes) => ("200 OK".to_owned(), "Content-Type: text/plain\r\n".to_owned(), bytes),
            Err(_) => ("404 Not Found".to_owned(), String::new(), Vec::new()),
        },
        _ => backend(root, method, path, query, &header, &body)?,
    };
    match fault {
        Some(Fault::Cut(at)) => answer.truncate(at),
        Some(Fault::Damage) => {
            let at = answer.windows(4).position(|window| window == b"PACK").map(|at| at + 14);
            if let Some(byte) = at.and_then(|at| answer.get_mut(at)) {
                *byte ^= 0xff;
            }
        }
        Some(Fault::Slow) => {
            write!(stream, "HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").ok()?;
            for byte in answer.iter().cycle() {
                stream.write_all(&[*byte]).ok()?;
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
        }
        _ => {}
    }
    let length = answer.len();
    write!(stream, "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n")
        .ok()?;
    stream.write_all(&answer).ok()
}

/// `git http-backend`: status, headers and body.
fn backend(
    root: &Path,
    method: &str,
    path: &str,
    query: &str,
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
) -> Option<(String, String, Vec<u8>)> {
    let mut command = Command::new("git");
    command.args(["-c", "safe.directory=*", "http-backend"]).env("GIT_PROJECT_ROOT", root);
    command.env("GIT_HTTP_EXPORT_ALL", "1").env("REQUEST_METHOD", method).env("PATH_INFO", path);
    command.env("QUERY_STRING", query).env("CONTENT_LENGTH", body.len().to_string());
    for (name, variable) in [
        ("content-type", "CONTENT_TYPE"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ] {
        command.envs(header(name).map(|value| (variable, value)));
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    child.stdin.take()?.write_all(body).ok()?;
    let said = child.wait_with_output().ok()?.stdout;
    let end = said.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&said[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
    let headers: String =
        head.lines().filter(|line| !line.starts_with("Status: ")).map(|line| format!("{line}\r\n")).collect();
    Some((status, headers, said[end + 4..].to_vec()))
}
