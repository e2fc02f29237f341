//! What Guile reads is what was written, whatever stands in a text.

use headwater::emit::guix::scheme;

use crate::support::{guix::Guix, texts};

/// What means something to Guile, and what surrounds it.
const PARTS: [&str; 17] = [
    "\"",
    "\\",
    "|",
    "#",
    "}",
    ".",
    ",",
    "'",
    "1",
    "-",
    "a",
    " ",
    "\n",
    "\t",
    "\u{1b}",
    "\u{e9}",
    "\u{1f980}",
];

/// The program shows the bytes of each datum.
const SHOW: &str = "(use-modules (rnrs bytevectors))
(define (text datum) (if (symbol? datum) (symbol->string datum) datum))
(for-each (lambda (datum) (write (bytevector->u8-list (string->utf8 (text datum)))) (newline)) data)
";

#[test]
#[ignore = "needs a root with Guix"]
fn guile_reads_what_was_written() {
    let texts = texts(&PARTS);
    let data = [scheme::string as fn(&str) -> String, scheme::symbol];
    let written: Vec<String> = data.iter().flat_map(|write| texts.iter().map(|text| write(text))).collect();
    let guix = Guix::here();
    let file = guix.write("data.scm", format!("(define data '({}))\n{SHOW}", written.join("\n")));
    let run = guix.run("/", &["guile", "--no-auto-compile", &file]);
    let read: Vec<Vec<u8>> = run.expect(0).stdout.lines().map(bytes).collect();
    assert_eq!(read.len(), written.len());
    for ((text, read), written) in texts.iter().cycle().zip(&read).zip(&written) {
        assert_eq!(read, text.as_bytes(), "{written}");
    }
}

/// `(97 98)`
fn bytes(list: &str) -> Vec<u8> {
    let numbers = list.trim_matches(['(', ')']).split_ascii_whitespace();
    numbers.map(|number| number.parse().expect("a byte")).collect()
}
