//! Servers that tests start and ask.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that ends with the test.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        Self(command.spawn().expect("the server"))
    }

    /// The answer, as soon as there is one.
    pub fn asked(&mut self, port: u16, path: &str) -> String {
        let ask = || -> std::io::Result<String> {
            let mut connection = TcpStream::connect(("127.0.0.1", port))?;
            write!(connection, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
            let mut answer = String::new();
            connection.read_to_string(&mut answer)?;
            Ok(answer)
        };
        for _ in 0..100 {
            match ask() {
                Ok(answer) => return answer,
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
        _ = self.0.kill();
        let mut said = String::new();
        _ = self.0.stderr.take().expect("piped").read_to_string(&mut said);
        panic!("the server does not answer: {said}");
    }
}
