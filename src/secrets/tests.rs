use super::*;

#[test]
fn users_and_passwords() {
    for (text, expected) in [
        ("https://user:s3cr3t@example.org/x", "https://example.org/x"),
        ("git+https://s3cr3t@example.org/x.git@main#egg=a", "git+https://example.org/x.git@main#egg=a"),
        ("see \"http://a:b@[::1]:80/\", or 'ftp://u@h'", "see \"http://[::1]:80/\", or 'ftp://h'"),
        ("https://a:s3@cr3t@example.org", "https://example.org"),
        ("https://a:s3/cr3t@example.org/x", "https://example.org/x"),
        ("//user:s3cr3t@example.org/", "//example.org/"),
        ("\"https://us er:s3cr3t@example.org/\"", "\"https://example.org/\""),
        ("ssh://git@example.org/o/r", "ssh://git@example.org/o/r"),
        ("ssh://git:s3cr3t@example.org/o/r", "ssh://example.org/o/r"),
        ("https://u:p@a.example,https://v:q@b.example", "https://a.example,https://b.example"),
        ("https://p.example/https://u:s3cr3t@e.org/x", "https://p.example/https://e.org/x"),
        (
            "{\"url\":\"https://u:p@a.example/\",\"b\":\"c@d\"}",
            "{\"url\":\"https://a.example/\",\"b\":\"c@d\"}",
        ),
        ("https://U%73er:%40@example.org/", "https://example.org/"),
        // Parsers of URLs take these for the same.
        ("https:/user:s3cr3t@example.org/x", "https://example.org/x"),
        ("\"git+https:user:s3cr3t@example.org/x\", HTTP:///u@h/", "\"git+https://example.org/x\", HTTP://h/"),
        ("https:\\\\user:s3cr3t@example.org", "https://example.org"),
        ("https:/example.org/x?token=s3cr3t", "https://example.org/x?token=***"),
        ("registry=user:s3cr3t@example.org:80/x", "registry=example.org:80/x"),
        ("\"user:s3cr3t@example.org/x\" is none", "\"example.org/x\" is none"),
        ("https://user:s3cr3t\\@example.org/x", "https://example.org/x"),
        ("https://user:pa\"s3cr3t@example.org/x", "https://example.org/x"),
        ("https://user:pa's3cr3t@example.org/x", "https://example.org/x"),
        ("\"https://user:pa\\\"s3cr3t@example.org/x\"", "\"https://example.org/x\""),
        ("\"a \\\"https://user:pa\\\\\\\"s3cr3t@e.org/x\\\" b\"", "\"a \\\"https://e.org/x\\\" b\""),
        ("https: a@b, http:x, see https:/example.org", "https: a@b, http:x, see https:/example.org"),
    ] {
        assert_eq!(hidden(text), expected);
    }
}

#[test]
fn tokens_in_queries() {
    for (text, expected) in [
        ("https://e.org/a?token=s3cr3t", "https://e.org/a?token=***"),
        ("https://e.org/a?X-Sig=s3cr3t&tag=v1#sha256=ab", "https://e.org/a?X-Sig=***&tag=v1#sha256=ab"),
        ("(https://e.org/a?k=s3cr3t).", "(https://e.org/a?k=***)."),
        ("git+https://e.org/a?rev=0123&branch=x", "git+https://e.org/a?rev=0123&branch=x"),
        ("https://e.org/?a&b=", "https://e.org/?a&b="),
        ("//e.org/:_authToken=s3cr3t", "//e.org/:_authToken=***"),
        ("https://e.org/a#access_token=s3cr3t&egg=b", "https://e.org/a#access_token=***&egg=b"),
        ("https://e.org/a?b=s3cr3t#token=s3cr3t", "https://e.org/a?b=***#token=***"),
        ("https://e.org/a;Token=s3cr3t;v=1/b", "https://e.org/a;Token=***;v=1/b"),
        ("_authToken=s3cr3t and _auth=${TOKEN}", "_authToken=*** and _auth=${TOKEN}"),
    ] {
        assert_eq!(hidden(text), expected);
    }
}

#[test]
fn all_else_stays() {
    for text in [
        "a@1.0.0 and @scope/b@2: https://e.org/@scope/b@2/-/b-2.tgz",
        "http://127.0.0.1:4873/x@y http://[::1]/@scope/x",
        "// a comment: mail me@example.org",
        "is it this? or a?b=c",
        "npm:string-width@4.2.0/x or lib: workspace:packages@1/ and pkg:npm/x@1.0.0/y",
        "{\"a\":\"https://e.org:80\",\"b\":\"c@d\"}",
        "git+https://e.org/o/r.git#semver:^1.0 https://e.org/o/r#0123 https://e.org/o/r#v1.0",
        "https://e.org/a.whl#sha256=ab&egg=x",
        "file:///a/b",
        "",
    ] {
        assert_eq!(hidden(text), text);
    }
    let once = hidden("https://u:p@e.org/?a=b").into_owned();
    assert_eq!(hidden(&once), once);
}
