//! When to ask again, and after how long.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::Options;

/// Whether the same question may get a better answer later.
pub(super) fn worth_it(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

/// The wait that the server asks for (RFC 9110, 10.2.3: seconds or a date), up to the longest allowed.
pub(super) fn asked_for(headers: &HeaderMap, longest: Duration) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).unwrap_or_default()
        }
    };
    Some(wait.min(longest))
}

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
        asked_for(&headers, Duration::from_secs(60))
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(header("7"), Some(Duration::from_secs(7)));
        assert_eq!(header("86400"), Some(Duration::from_secs(60)), "capped");
        assert_eq!(header("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO), "past");
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(30));
        assert!((28..=30).contains(&header(&soon).unwrap().as_secs()));
        assert_eq!(header("soon"), None);
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
