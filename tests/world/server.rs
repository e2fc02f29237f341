//! A loopback HTTP/1.1 server that answers what a test tells it, byte for byte.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A request as it came: method, path and headers in one text.
pub type Asked = String;

/// What to send back.
pub enum Reply {
    Bytes(Vec<u8>),
    /// Close without a word.
    Close,
    /// Never say anything.
    Hang,
    /// Say the first at once and the second byte by byte, with a pause after each.
    Drip(Vec<u8>, Vec<u8>, Duration),
    /// Say this, but take that long.
    Late(std::time::Duration, &'static str),
}

/// A status and a body with the length that it has.
pub fn reply(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

pub fn ok(body: impl AsRef<[u8]>) -> Reply {
    reply(200, "", body)
}

pub struct Server {
    pub url: url::Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` gets the path and how many requests came before.
    pub async fn start(answer: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with_url(move |_, path, before| answer(path, before)).await
    }

    /// The same for answers that need to know the server's own address.
    pub async fn start_with_url(
        answer: impl Fn(&url::Url, &str, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: url::Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer, own) = (Arc::clone(&asked), Arc::new(answer), url.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, answer, own) = (Arc::clone(&log), Arc::clone(&answer), own.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read_u8().await {
                            Ok(byte) => head.push(byte),
                            Err(_) => return,
                        }
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    let before = {
                        let mut log = log.lock().unwrap();
                        log.push(head);
                        log.len() - 1
                    };
                    match answer(&own, &path, before) {
                        Reply::Bytes(bytes) => stream.write_all(&bytes).await.unwrap_or_default(),
                        Reply::Close => {}
                        Reply::Drip(head, bytes, pause) => {
                            stream.write_all(&head).await.unwrap_or_default();
                            for byte in bytes {
                                if stream.write_all(&[byte]).await.is_err() {
                                    return;
                                }
                                tokio::time::sleep(pause).await;
                            }
                        }
                        Reply::Late(wait, body) => {
                            tokio::time::sleep(wait).await;
                            if let Reply::Bytes(bytes) = ok(body) {
                                stream.write_all(&bytes).await.unwrap_or_default();
                            }
                        }
                        Reply::Hang => tokio::time::sleep(Duration::from_secs(3600)).await,
                    }
                });
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.asked().len()
    }

    pub fn at(&self, path: &str) -> url::Url {
        self.url.join(path).unwrap()
    }
}
