//! Faults of servers and networks.

use std::time::{Duration, Instant};

use headwater::world::http::{Http, HttpError, Options, Request};

use crate::server::{Reply, Server, ok, reply};

pub fn options() -> Options {
    Options {
        connect_timeout: Duration::from_millis(500),
        idle_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_secs(5),
        backoff: Duration::from_millis(5),
        longest_wait: Duration::from_secs(2),
        ..Options::default()
    }
}

fn http() -> Http {
    Http::new(options()).unwrap()
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    let server = Server::start(|_, before| match before {
        0 => reply(429, "Retry-After: 1\r\n", ""),
        1 => reply(503, "", ""),
        _ => ok("at last"),
    })
    .await;
    let started = Instant::now();
    assert_eq!(http().get(Request::json(server.url.clone())).await.unwrap(), "at last");
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.count(), 3);
    let asked = &server.asked()[0];
    assert!(asked.contains(concat!("headwater/", env!("CARGO_PKG_VERSION"))), "{asked}");
}

#[tokio::test]
async fn patience_ends_and_no_is_no() {
    let server =
        Server::start(|path, _| reply(if path.starts_with("/no") { 404 } else { 500 }, "", "")).await;
    let http = http();
    let error = http.get(Request::json(server.at("no?token=secret"))).await.unwrap_err();
    assert!(error.is_not_found() && !error.to_string().contains("secret"), "{error}");
    assert_eq!(server.count(), 1);
    let error = http.get(Request::json(server.at("broken"))).await.unwrap_err();
    assert!(matches!(error, HttpError::Status { status: 500, .. }));
    assert_eq!(server.count(), 1 + 5);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_again() {
    let server = Server::start(|_, before| match before {
        0 => Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec()),
        _ => ok("whole"),
    })
    .await;
    assert_eq!(http().get(Request::json(server.url.clone())).await.unwrap(), "whole");
    let server =
        Server::start(|_, _| Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec()))
            .await;
    let error = http().get(Request::json(server.url.clone())).await.unwrap_err();
    assert!(matches!(error, HttpError::BrokenOff { .. }), "{error:?}");
}

/// The silence is never long enough to be one.
#[tokio::test]
async fn what_comes_byte_by_byte_is_given_up_on() {
    let (head, slow) = (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec(), vec![b'x'; 100_000]);
    let server =
        Server::start(move |_, _| Reply::Drip(head.clone(), slow.clone(), Duration::from_millis(15))).await;
    let http = http();
    let started = Instant::now();
    let error = http.get(Request::json(server.url.clone())).await.unwrap_err();
    assert!(matches!(&error, HttpError::BrokenOff { why, .. } if why.contains("bytes in")), "{error:?}");
    assert!(error.may_pass() && started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    // Nobody else waits for such a host.
    let started = Instant::now();
    let error = http.get(Request::json(server.at("other"))).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreachable(_)), "{error:?}");
    assert!(started.elapsed() < Duration::from_millis(50));
}

#[tokio::test]
async fn a_wait_of_a_day_ends_it_and_says_when() {
    for status in [429, 503] {
        let server = Server::start(move |_, _| reply(status, "Retry-After: 86400\r\n", "")).await;
        let (http, started) = (http(), Instant::now());
        for path in ["a", "b", "c"] {
            let error = http.get(Request::json(server.at(path))).await.unwrap_err();
            let text = error.to_string();
            assert!(error.may_pass() && text.contains(&status.to_string()), "{text}");
            assert!(text.contains("before ") && text.contains(" GMT"), "{text}");
        }
        assert_eq!(server.count(), 1);
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_host_that_never_serves_anything_is_asked_for_one_thing() {
    let server = Server::start(|_, _| reply(503, "", "")).await;
    let http = http();
    for path in ["a", "b", "c"] {
        let error = http.get(Request::json(server.at(path))).await.unwrap_err();
        assert!(error.may_pass(), "{error:?}");
    }
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn answers_that_nobody_asked_for_may_pass() {
    for head in [
        "304 Not Modified\r\nContent-Length: 0",
        "300 Multiple Choices\r\nContent-Length: 0",
        "501 X\r\nContent-Length: 0",
        "200 OK\r\nTransfer-Encoding: chunked",
        "200 OK\r\nContent-Length: nine",
        "200 OK\r\nContent-Length: 99999999999999999999",
        "200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        &format!("200 OK\r\nX: {}\r\nContent-Length: 0", "a".repeat(10 << 20)),
        &format!("200 OK\r\n{}Content-Length: 0", "X: a\r\n".repeat(100_000)),
    ] {
        let answer = format!("HTTP/1.1 {head}\r\n\r\nZZZ\r\n").into_bytes();
        let server = Server::start(move |_, _| Reply::Bytes(answer.clone())).await;
        let error = http().get(Request::json(server.url.clone())).await.unwrap_err();
        assert!(error.may_pass(), "{}: {error:?}", &head[..head.len().min(60)]);
    }
    let server = Server::start(|_, _| Reply::Bytes(b"\0\xffno HTTP\r\n\r\n".to_vec())).await;
    assert!(http().get(Request::json(server.url.clone())).await.unwrap_err().may_pass());
}

#[tokio::test]
async fn a_body_may_not_be_larger_than_allowed() {
    let server = Server::start(|path, _| match path {
        "/said" => ok(vec![b'x'; 2000]),
        _ => Reply::Bytes([b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 2000]].concat()),
    })
    .await;
    for path in ["said", "unsaid"] {
        let error = http().get(Request::file(server.at(path), 1000)).await.unwrap_err();
        assert!(matches!(error, HttpError::TooLarge { limit: 1000, .. }), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn a_host_that_hangs_is_asked_by_one_alone() {
    let server = Server::start(|_, _| Reply::Hang).await;
    let http = http();
    let started = Instant::now();
    let questions = (0..200).map(|n| http.get(Request::json(server.at(&n.to_string()))));
    let answers = futures::future::join_all(questions).await;
    for answer in answers {
        assert!(matches!(answer, Err(HttpError::Unreachable(_))), "{answer:?}");
    }
    assert_eq!(server.count(), 2, "one question, asked twice");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let started = Instant::now();
    assert!(http.get(Request::json(server.at("later"))).await.is_err());
    assert!(started.elapsed() < Duration::from_millis(50));
}

#[tokio::test]
async fn a_refused_connection_and_a_closed_one_are_unreachable() {
    let server = Server::start(|_, _| Reply::Close).await;
    let closed = http().get(Request::json(server.url.clone())).await;
    assert!(matches!(closed, Err(HttpError::Unreachable(_))), "{closed:?}");
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = http().get(Request::json(format!("http://{unused}/").parse().unwrap())).await;
    let Err(HttpError::Unreachable(unreachable)) = refused else { panic!("{refused:?}") };
    assert_eq!(unreachable.host, unused.to_string());
}

#[tokio::test]
async fn the_same_question_is_asked_once_at_a_time() {
    let server = Server::start(|_, _| ok("1")).await;
    let http = http();
    let questions = (0..50).map(|_| http.get(Request::json(server.url.clone())));
    assert!(futures::future::join_all(questions).await.iter().all(Result::is_ok));
    assert_eq!(server.count(), 1);
    http.get(Request::json(server.url.clone())).await.unwrap();
    assert_eq!(server.count(), 2, "the client is no cache");
}

#[tokio::test]
async fn redirects_are_followed_without_secrets() {
    let other = Server::start(|_, _| ok("there")).await;
    let to = format!("Location: {}\r\n", other.at("x"));
    let server = Server::start(move |path, _| match path {
        "/start" => reply(302, "Location: /next\r\n", ""),
        _ => reply(301, &to, ""),
    })
    .await;
    let mut request = Request::json(server.at("start"));
    request.authorization = Some("Bearer secret".parse().unwrap());
    assert_eq!(http().get(request).await.unwrap(), "there");
    assert!(server.asked().iter().all(|asked| asked.contains("Bearer secret")));
    assert!(!other.asked()[0].contains("secret"));
}

#[tokio::test]
async fn redirects_end_and_stay_on_the_web() {
    let server = Server::start(|path, _| match path {
        "/file" => reply(302, "Location: file:///etc/passwd\r\n", ""),
        _ => reply(302, "Location: /again\r\n", ""),
    })
    .await;
    let error = async |path| http().get(Request::json(server.at(path))).await.unwrap_err();
    let away = error("file").await;
    assert!(matches!(away, HttpError::Redirect { .. }), "{away:?}");
    // What is set up wrong for a moment leads in a circle.
    let circle = error("again").await;
    assert!(matches!(circle, HttpError::RedirectLoop { .. }), "{circle:?}");
}

#[tokio::test]
async fn a_marked_tarball_is_taken_as_it_comes() {
    let server = Server::start(|_, _| reply(200, "Content-Encoding: gzip\r\n", b"\x1f\x8b not gzip")).await;
    let body = http().get(Request::file(server.url.clone(), 1 << 20)).await.unwrap();
    assert_eq!(&body[..], b"\x1f\x8b not gzip");
}

#[tokio::test]
async fn the_public_does_not_lead_to_this_machine() {
    let inside = Server::start(|_, _| ok("secret")).await;
    let to = format!("Location: {}\r\n", inside.url);
    // A proxy stands in for the public registry: it answers whatever host it is asked for.
    let proxy = Server::start(move |path, _| match path {
        "http://registry.example.org/a" => reply(302, &to, ""),
        "http://registry.example.org/b" => reply(302, "Location: http://localhost:1/\r\n", ""),
        _ => reply(302, "Location: http://cdn.example.org/x\r\n", ""),
    })
    .await;
    let http = Http::new(Options { proxy: Some(proxy.url.clone()), ..options() }).unwrap();
    for path in ["a", "b"] {
        let url = format!("http://registry.example.org/{path}").parse().unwrap();
        let error = http.get(Request::json(url)).await.unwrap_err();
        assert!(matches!(error, HttpError::Redirect { why: "is a private address", .. }), "{error:?}");
    }
    assert_eq!(inside.count(), 0);
}

#[tokio::test]
async fn a_host_behind_redirects_is_remembered_as_well() {
    let hanging = Server::start(|_, _| Reply::Hang).await;
    let to = format!("Location: {}\r\n", hanging.at("x"));
    let server = Server::start(move |_, _| reply(302, &to, "")).await;
    let http = http();
    let questions = (0..100).map(|n| http.get(Request::json(server.at(&n.to_string()))));
    for answer in futures::future::join_all(questions).await {
        let Err(HttpError::Unreachable(no)) = answer else { panic!("{answer:?}") };
        assert_eq!(Some(no.host.as_str()), hanging.url.as_str().split('/').nth(2));
    }
    assert_eq!(hanging.count(), 1);
}

#[tokio::test]
async fn a_host_that_answered_is_not_given_up_for_one_silence() {
    let server = Server::start(|_, before| if before % 3 == 0 { ok("1") } else { Reply::Close }).await;
    let http = http();
    for _ in 0..4 {
        assert_eq!(http.get(Request::json(server.url.clone())).await.unwrap(), "1");
    }
}

#[tokio::test]
async fn who_stops_waiting_keeps_nobody_else_from_the_answer() {
    let server = Server::start(|path, _| match path {
        "/slow" => Reply::Late(Duration::from_millis(200), "slow"),
        _ => ok("quick"),
    })
    .await;
    let http = http();
    // The first question to a host, on which all others wait.
    let slow = http.get(Request::json(server.at("slow")));
    assert!(tokio::time::timeout(Duration::from_millis(50), slow).await.is_err());
    let quick = http.get(Request::json(server.at("quick")));
    assert_eq!(tokio::time::timeout(Duration::from_secs(3), quick).await.unwrap().unwrap(), "quick");
    assert_eq!(http.get(Request::json(server.at("slow"))).await.unwrap(), "slow");
}
