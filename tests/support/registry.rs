//! A registry on the loopback: serves what it is given, counts what it is asked, and fails on request.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::package::{Package, merge};

type Fault = Box<dyn Fn(&[u8]) -> Vec<u8> + Send>;

/// A running registry; it stops when it is dropped.
pub struct Registry {
    address: SocketAddr,
    state: Arc<State>,
    pub url: String,
}

#[derive(Default)]
struct State {
    bodies: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    /// Where pages of a Python index are that are not here.
    elsewhere: Mutex<Option<String>>,
    off: AtomicBool,
    over: AtomicBool,
    /// How many answers are `429` before the first real one, per path.
    busy: AtomicUsize,
    /// What is sent for a path (`""`: for every path) in place of the answer, made from its body.
    faults: Mutex<BTreeMap<String, Fault>>,
    refused: Mutex<BTreeMap<String, usize>>,
}

impl Registry {
    pub fn start(packages: &[Package]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let registry = Self { address, state: Arc::default(), url: format!("http://{address}/") };
        for package in packages {
            registry.publish(package);
        }
        let state = registry.state.clone();
        // A thread for each connection: none waits for another that is merely kept alive.
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if state.over.load(Ordering::SeqCst) {
                    return;
                }
                let state = state.clone();
                std::thread::spawn(move || serve(&state, &connection));
            }
        });
        registry
    }

    pub fn publish(&self, package: &Package) {
        let base = package.name.rsplit('/').next().expect("a name");
        let tarball = format!("{}/-/{base}-{}.tgz", package.name, package.version);
        let mut document = json!({
            "name": package.name,
            "version": package.version,
            "dist": { "integrity": package.integrity(), "tarball": format!("{}{tarball}", self.url) },
        });
        merge(&mut document, &package.metadata);
        self.serve(&format!("/{}/{}", package.name, package.version), document.to_string().into_bytes());
        self.serve(&format!("/{tarball}"), package.tarball.clone());
    }

    /// Publishes releases of one package, each with its time, and the document that lists them.
    pub fn publish_all(&self, releases: &[(&Package, &str)]) {
        let (mut versions, mut times) = (serde_json::Map::new(), serde_json::Map::new());
        for (package, time) in releases {
            self.publish(package);
            let path = format!("/{}/{}", package.name, package.version);
            let document = self.state.bodies.lock().unwrap()[&path].clone();
            versions
                .insert(package.version.clone(), serde_json::from_slice(&document).expect("our own JSON"));
            times.insert(package.version.clone(), json!(time));
        }
        let (package, _) = releases.last().expect("a release");
        let document = json!({
            "name": package.name, "versions": versions, "time": times, "dist-tags": { "latest": package.version },
        });
        self.serve(&format!("/{}", package.name), document.to_string().into_bytes());
    }

    pub fn serve(&self, path: &str, body: Vec<u8>) {
        self.state.bodies.lock().unwrap().insert(path.to_owned(), body);
    }

    /// Leads to this index (the address of its simple API) for projects of which nothing was published here.
    pub fn lead_on_to(&self, index: &str) {
        *self.state.elsewhere.lock().unwrap() = Some(index.to_owned());
    }

    /// Answers 503 to everything from now on.
    pub fn switch_off(&self) {
        self.state.off.store(true, Ordering::SeqCst);
    }

    /// Answers again.
    pub fn switch_on(&self) {
        self.state.off.store(false, Ordering::SeqCst);
    }

    /// Answers 429 with `Retry-After: 0` so many times before each first real answer.
    pub fn be_busy(&self, times: usize) {
        self.state.busy.store(times, Ordering::SeqCst);
    }

    /// Sends these bytes, made from the body that there is, for a path, and closes the connection.
    pub fn answer(&self, path: &str, with: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) {
        self.state.faults.lock().unwrap().insert(path.to_owned(), Box::new(with));
    }

    /// Answers as it should for a path again.
    pub fn recover(&self, path: &str) {
        self.state.faults.lock().unwrap().remove(path);
    }

    /// As [`Self::answer`], for every path.
    pub fn answer_all(&self, with: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) {
        self.answer("", with);
    }

    /// Every path that was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap().clone()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then ends.
        _ = TcpStream::connect(self.address);
    }
}

/// Answers the requests of one connection. The client may go at any time: that is its own affair.
fn serve(state: &State, mut connection: &TcpStream) {
    let mut lines = BufReader::new(connection).lines().map_while(Result::ok);
    while let Some(request) = lines.next() {
        // The headers, which say nothing that matters here.
        lines.by_ref().take_while(|header| !header.is_empty()).for_each(drop);
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (status, headers, body) = answer(state, path);
        let fault = {
            let faults = state.faults.lock().unwrap();
            faults.get(path).or_else(|| faults.get("")).map(|fault| fault(&body))
        };
        if let Some(bytes) = fault {
            _ = connection.write_all(&bytes);
            _ = connection.shutdown(std::net::Shutdown::Both);
            return;
        }
        let head = format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        if connection.write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}

/// Status, further headers, and body.
fn answer(state: &State, path: &str) -> (u16, String, Vec<u8>) {
    let path = path.replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
    state.asked.lock().unwrap().push(path.clone());
    let busy = {
        let mut refused = state.refused.lock().unwrap();
        let count = refused.entry(path.clone()).or_default();
        *count += 1;
        *count <= state.busy.load(Ordering::SeqCst)
    };
    if state.off.load(Ordering::SeqCst) {
        return (503, String::new(), Vec::new());
    }
    if busy {
        return (429, "Retry-After: 0\r\n".to_owned(), Vec::new());
    }
    match state.bodies.lock().unwrap().get(&path) {
        // pip reads a page only where it is told what it is.
        Some(body) if path.starts_with("/simple/") => {
            let kind =
                if body.starts_with(b"{") { "application/vnd.pypi.simple.v1+json" } else { "text/html" };
            (200, format!("Content-Type: {kind}\r\n"), body.clone())
        }
        Some(body) => (200, String::new(), body.clone()),
        None => match (state.elsewhere.lock().unwrap().as_ref(), path.strip_prefix("/simple/")) {
            (Some(index), Some(rest)) => (302, format!("Location: {index}{rest}\r\n"), Vec::new()),
            _ => (404, String::new(), b"{}".to_vec()),
        },
    }
}
