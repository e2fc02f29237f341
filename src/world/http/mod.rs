//! The one HTTP client: bounded, patient with servers that are busy, short with those that are not there.

mod fetch;
mod place;
mod retry;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use bytes::Bytes;
use bytes::BytesMut;
use futures::future::{BoxFuture, FutureExt, Shared};
pub use place::{is_private, root, same_origin};
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;
use url::Url;

use super::hosts::{Hosts, Unreachable, lock};
use crate::secrets::shown;

/// Why a request gave nothing. URLs are shown without credentials and queries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("{url} answers with status {status}")]
    Status { url: String, status: u16 },
    #[error("{url} sends more than {limit} bytes")]
    TooLarge { url: String, limit: u64 },
    #[error("{url} redirects to {to}, which {why}")]
    Redirect { url: String, to: String, why: &'static str },
    #[error("{url} redirects to {to}, which is one redirect too many")]
    RedirectLoop { url: String, to: String },
    #[error("{url} broke off its answer ({why})")]
    BrokenOff { url: String, why: String },
    /// It came whole, and is nothing that a registry says. `why` is a sentence without its subject.
    #[error("the answer of {url} {why}")]
    Garbled { url: String, why: String },
    #[error("{url} answers with a page or a message, and not with the file")]
    NoFile { url: String },
    #[error("{url} cannot be asked ({why})")]
    Refused { url: String, why: String },
    #[error("what {url} sends cannot be written ({why})")]
    Unwritten { url: String, why: String },
}

impl HttpError {
    /// Whether the server says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410, .. })
    }

    /// Whether it may pass: the next run may get an answer. Nothing is said then about what was asked for.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::RedirectLoop { .. }
            | Self::Unreachable(_)
            | Self::BrokenOff { .. }
            | Self::Garbled { .. }
            | Self::NoFile { .. } => true,
            Self::Status { status, .. } => retry::may_pass(*status),
            Self::TooLarge { .. } | Self::Redirect { .. } | Self::Refused { .. } | Self::Unwritten { .. } => {
                false
            }
        }
    }

    /// An answer that is no JSON, or none of the expected shape.
    pub fn no_json(url: &Url, error: &serde_json::Error) -> Self {
        let cut_off = if error.is_eof() { "breaks off" } else { "is no JSON" };
        Self::Garbled { url: shown(url), why: format!("{cut_off} ({error})") }
    }
}

/// How long, how often and how much.
#[derive(Clone, Debug)]
pub struct Options {
    pub connect_timeout: Duration,
    /// The longest silence while an answer is awaited or comes in.
    pub idle_timeout: Duration,
    /// From the request to the last byte of its answer.
    pub total_timeout: Duration,
    /// Bytes that must come in each second, on average over one `idle_timeout`. Many answers share a slow line.
    pub slowest: u32,
    /// Requests at once.
    pub concurrency: usize,
    /// Further attempts after 429, 5xx or an answer that broke off.
    pub retries: u32,
    /// Further attempts where no answer came at all.
    pub connect_retries: u32,
    /// The first wait between attempts.
    pub backoff: Duration,
    /// The longest wait, whatever the server asks for.
    pub longest_wait: Duration,
    /// A proxy for everything (`.npmrc` can name one); without it the environment's are used.
    pub proxy: Option<Url>,
    /// No host is asked.
    pub offline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(600),
            slowest: 100,
            concurrency: 24,
            retries: 4,
            connect_retries: 1,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            proxy: None,
            offline: false,
        }
    }
}

/// One GET.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    pub url: Url,
    pub accept: Option<&'static str>,
    /// Sent to the origin of `url` alone, never after a redirect to another.
    pub authorization: Option<HeaderValue>,
    /// The largest body in bytes.
    pub limit: u64,
    /// Let the server compress the body. Never for tarballs: servers that mark a `.tgz` as compressed would
    /// have it unpacked before its hash is taken.
    pub compressed: bool,
}

impl Request {
    /// A request for JSON of at most 128 MiB (the largest packuments have tens).
    pub fn json(url: Url) -> Self {
        let accept = Some("application/json");
        Self { url, accept, authorization: None, limit: 128 << 20, compressed: true }
    }

    /// A request for a file of at most `limit` bytes, taken as it comes.
    pub fn file(url: Url, limit: u64) -> Self {
        Self { url, accept: None, authorization: None, limit, compressed: false }
    }
}

type Answer = Result<Located, HttpError>;
type InFlight = Shared<BoxFuture<'static, Answer>>;

/// A body with the address that it came from in the end: what its relative references are relative to.
#[derive(Clone, Debug)]
pub struct Located {
    pub url: Url,
    pub body: Bytes,
}

/// Where a body goes as it comes.
pub trait Sink: Send {
    /// Nothing of what came before counts: an attempt broke off.
    fn begin(&mut self) -> std::io::Result<()>;
    fn take(&mut self, chunk: &[u8]) -> std::io::Result<()>;
}

impl Sink for BytesMut {
    fn begin(&mut self) -> std::io::Result<()> {
        self.clear();
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        self.extend_from_slice(chunk);
        Ok(())
    }
}

/// Cheap to clone; clones share their limits and what they know of hosts.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
    in_flight: Arc<Mutex<HashMap<Request, InFlight>>>,
}

struct Inner {
    /// Unpacks bodies that are marked as compressed; the other does not.
    unpacking: reqwest::Client,
    verbatim: reqwest::Client,
    gate: Semaphore,
    hosts: Hosts,
    options: Options,
}

impl Http {
    /// Proxies and certificates come from the environment (`https_proxy`, `no_proxy`, `SSL_CERT_FILE`).
    pub fn new(options: Options) -> anyhow::Result<Self> {
        let builder = || {
            let client = match &options.proxy {
                Some(proxy) => reqwest::Client::builder().proxy(reqwest::Proxy::all(proxy.clone())?),
                None => reqwest::Client::builder(),
            };
            let client = client
                .user_agent(concat!("headwater/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(options.connect_timeout)
                .read_timeout(options.idle_timeout)
                .timeout(options.total_timeout)
                .redirect(reqwest::redirect::Policy::none()) // followed in `fetch`, one checked step at a time
                .referer(false);
            Ok::<_, reqwest::Error>(client)
        };
        let inner = Inner {
            unpacking: builder()?.build()?,
            verbatim: builder()?.no_gzip().build()?,
            gate: Semaphore::new(options.concurrency),
            hosts: Hosts::default(),
            options,
        };
        Ok(Self { inner: Arc::new(inner), in_flight: Arc::default() })
    }

    /// The body of a successful answer. While a request is under way, the same one joins it.
    pub async fn get(&self, request: Request) -> Result<Bytes, HttpError> {
        Ok(self.get_located(request).await?.body)
    }

    /// The same with the address at the end of all redirects.
    pub async fn get_located(&self, request: Request) -> Result<Located, HttpError> {
        let answer = {
            let mut in_flight = lock(&self.in_flight);
            in_flight.get(&request).cloned().unwrap_or_else(|| {
                let answer = self.ask(request.clone());
                in_flight.insert(request, answer.clone());
                answer
            })
        };
        answer.await
    }

    /// Has the body of a successful answer go where it is to be, and gives that back.
    pub async fn download<S: Sink + 'static>(&self, request: Request, mut sink: S) -> Result<S, HttpError> {
        let (http, url) = (self.clone(), shown(&request.url));
        // A task of its own, as below: what it tells of the host, others wait for.
        let task = tokio::spawn(async move {
            http.inner.patiently(&request, &mut sink).await?;
            Ok(sink)
        });
        let broken = |_| Err(HttpError::BrokenOff { url, why: "it was stopped".to_owned() });
        task.await.unwrap_or_else(broken)
    }

    /// A task of its own: whoever asked first may stop waiting, and others wait for the same answer, or for
    /// what it tells of the host.
    fn ask(&self, request: Request) -> InFlight {
        let (http, url) = (self.clone(), shown(&request.url));
        let task = tokio::spawn(async move {
            let mut body = BytesMut::new();
            let url = http.inner.patiently(&request, &mut body).await;
            let answer = url.map(|url| Located { url, body: body.freeze() });
            lock(&http.in_flight).remove(&request);
            answer
        });
        let broken = move |_| Err(HttpError::BrokenOff { url, why: "it was stopped".to_owned() });
        async move { task.await.unwrap_or_else(broken) }.boxed().shared()
    }
}
