//! When to ask again, and after how long.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::Options;
use crate::foreign::guarded;

/// Whether the same question may get a better answer in a moment.
pub(super) fn worth_it(status: StatusCode) -> bool {
    may_pass(status.as_u16()) && status != StatusCode::NOT_IMPLEMENTED
}

/// Whether a status says nothing of what was asked for, so that the next run may get an answer: the server's own
/// trouble, or what nobody asked for (a 304 without a condition, an answer of the 1xx that is the last one).
pub(super) fn may_pass(status: u16) -> bool {
    !matches!(status, 200..=299 | 400..=499) || matches!(status, 408 | 425 | 429)
}

/// The wait that the server asks for (RFC 9110, 10.2.3: seconds or a date).
pub(super) fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    Some(match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => guarded(|| httpdate::parse_http_date(value))
            .ok()?
            .ok()?
            .duration_since(SystemTime::now())
            .unwrap_or_default(),
    })
}

/// Why a host is not asked again that wants more time than we have.
pub(super) fn not_before(status: u16, wait: Duration) -> String {
    let at = SystemTime::now().checked_add(wait).filter(|at| *at < SystemTime::UNIX_EPOCH + FAR);
    let when = match at {
        Some(at) => format!("before {}", httpdate::fmt_http_date(at)),
        None => "for longer than anybody waits".to_owned(),
    };
    format!("it answers with status {status} and does not want to be asked again {when}")
}

/// From 1970 on: dates of more than four digits cannot be written.
const FAR: Duration = Duration::from_secs(200 * 366 * 24 * 60 * 60);

/// Twice as long each time, and up to half as much again, so that many askers do not come back at once.
pub(super) fn backoff(attempt: u32, options: &Options) -> Duration {
    let wait = options.backoff.saturating_mul(1 << attempt.min(10)).min(options.longest_wait);
    let random = RandomState::new().build_hasher().finish() % 512;
    wait + wait.mul_f64(random as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        asked_for(&headers)
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(header("7"), Some(Duration::from_secs(7)));
        assert_eq!(header("86400"), Some(Duration::from_secs(86_400)));
        let day = not_before(429, Duration::from_secs(86_400));
        assert!(day.contains("429") && day.ends_with(" GMT"), "{day}");
        assert!(not_before(503, Duration::from_secs(u64::MAX)).ends_with("longer than anybody waits"));
        assert_eq!(header("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO), "past");
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(30));
        assert!((28..=30).contains(&header(&soon).unwrap().as_secs()));
        assert_eq!(header("soon"), None);
    }

    #[test]
    fn what_may_pass() {
        for status in [100, 304, 300, 408, 425, 429, 500, 501, 502, 503, 504, 599, 600] {
            assert!(may_pass(status), "{status}");
        }
        for status in [200, 206, 400, 401, 403, 404, 405, 410, 422, 451] {
            assert!(!may_pass(status), "{status}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let options = Options::default();
        for attempt in 0..20 {
            let wait = backoff(attempt, &options);
            assert!(wait >= options.backoff && wait <= options.longest_wait.mul_f64(1.5));
        }
        assert!(backoff(3, &options) >= options.backoff * 8);
    }
}
