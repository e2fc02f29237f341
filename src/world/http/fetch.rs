//! One request, with its redirects and its further attempts.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, AUTHORIZATION, LOCATION};
use url::Url;

use super::super::asking::OFFLINE;
use super::super::hosts::{Pass, Unreachable};
use super::{HttpError, Inner, Request, Sink, place, retry};
use crate::secrets::shown;

const REDIRECTS: usize = 10;

/// What an attempt came to, where it is not the answer.
enum Setback {
    Final(HttpError),
    /// An answer that says to come back, or that broke off.
    Again(HttpError, Option<Duration>),
    /// One that came too slowly to wait for its end.
    Slow(HttpError),
    /// The host names a time before which it is not to be asked.
    Later(String),
    /// No answer at all.
    Silence(String),
}

impl Inner {
    /// The address that the body came from in the end.
    pub(super) async fn patiently(&self, request: &Request, sink: &mut dyn Sink) -> Result<Url, HttpError> {
        let (mut attempt, mut silent, mut slow) = (0, 0, 0);
        let host = host(&request.url);
        if self.options.offline {
            return Err(Unreachable { host, why: OFFLINE.to_owned(), answers: false }.into());
        }
        let mut pass = self.hosts.enter(&host).await?;
        loop {
            // Taken after the pass: whoever waits for another host's probe holds no place.
            let place = self.gate.acquire().await;
            let setback = match self.attempt(request, &mut pass, sink).await {
                Ok(url) => {
                    pass.served();
                    return Ok(url);
                }
                Err(setback) => setback,
            };
            drop(place);
            let wait = match setback {
                Setback::Final(error) => {
                    if error.is_not_found() {
                        pass.served();
                    }
                    return Err(error);
                }
                // Where it has not served anybody, nobody needs to find out again.
                Setback::Again(error, _) if attempt >= self.options.retries => {
                    pass.in_vain(&error.to_string());
                    return Err(error);
                }
                Setback::Slow(error) if slow > 0 => {
                    pass.in_vain(&error.to_string());
                    return Err(error);
                }
                Setback::Later(why) => return Err(pass.useless(why).into()),
                Setback::Again(_, wait) => wait.unwrap_or_else(|| retry::backoff(attempt, &self.options)),
                Setback::Slow(_) => {
                    slow += 1;
                    retry::backoff(attempt, &self.options)
                }
                // A host that has answered before is given more time than one of which nothing is known.
                Setback::Silence(why) if silent >= self.patience(&pass) => {
                    return Err(pass.unreachable(why).into());
                }
                Setback::Silence(_) => {
                    silent += 1;
                    retry::backoff(attempt, &self.options)
                }
            };
            attempt += 1;
            // Who is finding out keeps the pass: until then nobody else asks.
            tokio::time::sleep(wait).await;
            if !pass.is_probe() {
                pass = self.hosts.enter(&host).await?;
            }
        }
    }

    fn patience(&self, pass: &Pass) -> u32 {
        if pass.is_probe() { self.options.connect_retries } else { self.options.retries }
    }

    async fn attempt(&self, request: &Request, pass: &mut Pass, sink: &mut dyn Sink) -> Result<Url, Setback> {
        let mut url = request.url.clone();
        // Another host that the request was sent on to.
        let mut other: Option<Pass> = None;
        for _ in 0..=REDIRECTS {
            let client = if request.compressed { &self.unpacking } else { &self.verbatim };
            let mut asking = client.get(url.clone());
            if let Some(accept) = request.accept {
                asking = asking.header(ACCEPT, accept);
            }
            if let Some(secret) = &request.authorization
                && place::same_origin(&url, &request.url)
            {
                asking = asking.header(AUTHORIZATION, secret.clone());
            }
            let response = match (asking.send().await, &mut other) {
                (Ok(response), other) => {
                    other.as_mut().unwrap_or(pass).reached();
                    response
                }
                (Err(error), _) if error.is_builder() => {
                    let error = HttpError::Refused { url: shown(&url), why: reason(&error) };
                    return Err(Setback::Final(error));
                }
                (Err(error), None) => return Err(Setback::Silence(reason(&error))),
                (Err(error), Some(other)) if other.is_probe() => {
                    return Err(Setback::Final(other.unreachable(reason(&error)).into()));
                }
                (Err(error), Some(_)) => {
                    let error = HttpError::BrokenOff { url: shown(&url), why: reason(&error) };
                    return Err(Setback::Again(error, None));
                }
            };
            let status = response.status();
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                url = self.redirected(request, &url, &response).await.map_err(Setback::Final)?;
                other = None;
                if host(&url) != host(&request.url) {
                    let entered = self.hosts.enter(&host(&url)).await;
                    other = Some(entered.map_err(|error| Setback::Final(error.into()))?);
                }
                continue;
            }
            if !status.is_success() {
                let error = HttpError::Status { url: shown(&url), status: status.as_u16() };
                let wait = retry::asked_for(response.headers());
                return Err(match wait.filter(|wait| *wait > self.options.longest_wait) {
                    _ if !retry::worth_it(status) => Setback::Final(error),
                    None => Setback::Again(error, wait),
                    Some(long) => match other {
                        None => Setback::Later(retry::not_before(status.as_u16(), long)),
                        Some(mut other) => {
                            let why = retry::not_before(status.as_u16(), long);
                            Setback::Final(other.useless(why).into())
                        }
                    },
                });
            }
            self.body(response, &url, request.limit, sink).await?;
            return Ok(url);
        }
        let (url, to) = (shown(&request.url), shown(&url));
        Err(Setback::Final(HttpError::RedirectLoop { url, to }))
    }

    async fn redirected(
        &self,
        request: &Request,
        from: &Url,
        response: &reqwest::Response,
    ) -> Result<Url, HttpError> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let Some(to) = location.and_then(|location| from.join(location).ok()) else {
            let status = response.status().as_u16();
            return Err(HttpError::Status { url: shown(from), status });
        };
        let refused = |why| Err(HttpError::Redirect { url: shown(from), to: shown(&to), why });
        match to.scheme() {
            "https" => {}
            "http" if from.scheme() == "http" => {}
            "http" => return refused("is no longer encrypted"),
            _ => return refused("is not on the web"),
        }
        let elsewhere = !place::same_origin(&request.url, &to);
        if elsewhere && place::resolves_private(&to).await && !place::resolves_private(&request.url).await {
            return refused("is a private address");
        }
        Ok(to)
    }

    async fn body(
        &self,
        mut response: reqwest::Response,
        url: &Url,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<(), Setback> {
        let window = self.options.idle_timeout;
        let (mut since, mut before) = (Instant::now(), 0);
        let too_large = || Setback::Final(HttpError::TooLarge { url: shown(url), limit });
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let unwritten = |error: std::io::Error| {
            Setback::Final(HttpError::Unwritten { url: shown(url), why: error.to_string() })
        };
        sink.begin().map_err(unwritten)?;
        let mut size = 0;
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(()),
                Ok(Some(chunk)) if size + chunk.len() as u64 > limit => return Err(too_large()),
                Ok(Some(chunk)) => {
                    sink.take(&chunk).map_err(unwritten)?;
                    size += chunk.len() as u64;
                    let taken = since.elapsed();
                    if taken < window {
                        continue;
                    }
                    let came = size - before;
                    if (came as f64) < taken.as_secs_f64() * f64::from(self.options.slowest) {
                        let why = format!("{came} bytes in {} s: it would never end", taken.as_secs());
                        return Err(Setback::Slow(HttpError::BrokenOff { url: shown(url), why }));
                    }
                    (since, before) = (Instant::now(), size);
                }
                Err(error) => {
                    let error = HttpError::BrokenOff { url: shown(url), why: reason(&error) };
                    return Err(Setback::Again(error, None));
                }
            }
        }
    }
}

/// The innermost cause: the outer ones repeat the URL, with its secrets.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if error.is_timeout() { "it did not answer in time".to_owned() } else { cause.to_string() }
}

/// Host and port, as [`super::Hosts`] keeps them.
fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.scheme().to_owned(),
    }
}
