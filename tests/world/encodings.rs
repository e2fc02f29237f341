//! The tables behind `working-tree-encoding`, byte for byte against those of iconv.

use std::io::Write;
use std::process::{Command, Stdio};

/// What iconv makes of one byte; `None` where it has no meaning.
fn decoded(name: &str, byte: u8) -> Option<String> {
    let mut iconv = Command::new("iconv")
        .args(["-f", name, "-t", "UTF-8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    iconv.stdin.take().unwrap().write_all(&[byte]).unwrap();
    let output = iconv.wait_with_output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn tables_are_those_of_iconv() {
    if Command::new("iconv").arg("--version").output().is_err() {
        eprintln!("skipped: there is no iconv on this machine");
        return;
    }
    for name in
        ["WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "KOI8-R", "ISO-8859-2", "ISO-8859-5", "ISO-8859-15"]
    {
        let ours = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
        for byte in 0x80..=0xff {
            let expected = ours.decode_without_bom_handling(&[byte]).0.into_owned();
            match decoded(name, byte) {
                Some(found) => assert_eq!(found, expected, "{name} {byte:x}"),
                None => {
                    assert!(matches!(expected.chars().next(), Some('\u{80}'..'\u{a0}')), "{name} {byte:x}")
                }
            }
        }
    }
}
