//! What tests of the live registries share.

use std::process::Command;

use super::forge::free_port;
use super::lockers;
use super::project::Project;
use super::server::Server;

/// How often a registry may fail before it is a failure of ours.
const TRIES: usize = 3;

pub fn retried<T>(what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
    for turn in 1..=TRIES {
        match attempt() {
            Ok(done) => return done,
            Err(error) => eprintln!("{what}: attempt {turn} of {TRIES} failed: {error}"),
        }
    }
    panic!("{what} failed {TRIES} times: is the registry there?");
}

/// What a conversion says of itself. No git host may be reachable: 3 is as good as 0.
pub fn converted(project: &Project, arguments: &[&str]) -> serde_json::Value {
    retried("headwater convert", || {
        let run = project.convert(&[&["--json"], arguments].concat());
        if matches!(run.code, 0 | 3) { Ok(run.json()) } else { Err(run.stderr + &run.stdout) }
    })
}

/// A server of Flask and all that it needs, locked with hashes.
pub fn flask() -> Project {
    const APP: &str = "from flask import Flask, render_template_string, request
from markupsafe import _speedups

app = Flask(__name__)

@app.route('/')
def greet():
    return render_template_string('Hello, {{ name }} of {{ module }}', name=request.args['name'], module=_speedups.__name__)
";
    let project = Project::new(&[("app.py", APP)]);
    lockers::requirements(&project, "flask\n");
    project
}

/// That server, started on a port, answers a request; markupsafe's extension module is there.
#[track_caller]
pub fn greets(start: impl FnOnce(&str) -> Command) {
    let port = free_port();
    let answer = Server::start(&mut start(&port.to_string())).asked(port, "/?name=%3Cyou%3E");
    assert!(answer.ends_with("\r\n\r\nHello, &lt;you&gt; of markupsafe._speedups"), "{answer}");
}
