//! A registry on the loopback: serves what it is given, counts what it is asked, and fails on request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tiny_http::{Header, Response, Server};

use super::package::{Package, merge};

/// A running registry; it stops when it is dropped.
pub struct Registry {
    server: Arc<Server>,
    state: Arc<State>,
    pub url: String,
}

#[derive(Default)]
struct State {
    bodies: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    off: AtomicBool,
    /// How many answers are `429` before the first real one, per path.
    busy: AtomicUsize,
    refused: Mutex<BTreeMap<String, usize>>,
}

impl Registry {
    pub fn start(packages: &[Package]) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a loopback port"));
        let url = format!("http://{}/", server.server_addr().to_ip().expect("an IP address"));
        let registry = Self { server, state: Arc::default(), url };
        for package in packages {
            registry.publish(package);
        }
        let threads: Vec<_> = (0..4).map(|_| (registry.server.clone(), registry.state.clone())).collect();
        for (server, state) in threads {
            std::thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    answer(&state, request);
                }
            });
        }
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

    pub fn serve(&self, path: &str, body: Vec<u8>) {
        self.state.bodies.lock().unwrap().insert(path.to_owned(), body);
    }

    /// Answers 503 to everything from now on.
    pub fn switch_off(&self) {
        self.state.off.store(true, Ordering::SeqCst);
    }

    /// Answers 429 with `Retry-After: 0` so many times before each first real answer.
    pub fn be_busy(&self, times: usize) {
        self.state.busy.store(times, Ordering::SeqCst);
    }

    /// Every path that was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap().clone()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        for _ in 0..4 {
            self.server.unblock();
        }
    }
}

fn answer(state: &State, request: tiny_http::Request) {
    let path = request.url().replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
    state.asked.lock().unwrap().push(path.clone());
    let busy = {
        let mut refused = state.refused.lock().unwrap();
        let count = refused.entry(path.clone()).or_default();
        *count += 1;
        *count <= state.busy.load(Ordering::SeqCst)
    };
    let body = state.bodies.lock().unwrap().get(&path).cloned();
    let response = if state.off.load(Ordering::SeqCst) {
        Response::from_data(Vec::new()).with_status_code(503)
    } else if busy {
        let header = Header::from_bytes("Retry-After", "0").expect("a header");
        Response::from_data(Vec::new()).with_status_code(429).with_header(header)
    } else {
        match body {
            Some(body) => Response::from_data(body),
            None => Response::from_data(b"{}".to_vec()).with_status_code(404),
        }
    };
    // The client may have gone; that is its own affair.
    _ = request.respond(response);
}
