//! What code names in quotes, and scripts anywhere: modules beside it, and other files of its package.
//!
//! Every quoted text counts, whatever stands around it: who asks wants to miss nothing. What a program puts together
//! from parts is not found.

use std::collections::{BTreeMap, BTreeSet};

use super::tarball::Raw;

/// Extensions of files that are read for what they name in quotes; a program may have none.
const READ: [&str; 9] = ["js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx", ""];
/// Those of scripts and build files, in which any word names a file. So it is in a program that has no extension.
const SCRIPTS: [&str; 13] =
    ["sh", "bash", "zsh", "fish", "bat", "cmd", "ps1", "py", "pl", "rb", "gyp", "gypi", "mk"];
/// Bytes of one quoted text, at the most.
const LONGEST: usize = 256;
/// Names kept of one file, at the most.
const KEPT: usize = 1_000;

/// The names that each file of code holds, files without any left out.
pub(super) fn of_files(files: &BTreeMap<String, Raw>) -> BTreeMap<String, Vec<String>> {
    let is_code = |path: &str| READ[..8].contains(&extension(path));
    let others: BTreeSet<&str> = files.keys().filter(|path| !is_code(path)).map(|path| last(path)).collect();
    let of_file = |path: &str, raw: &Raw| {
        let extension = extension(path);
        let is_script = SCRIPTS.contains(&extension) || extension.is_empty() && raw.bytes.starts_with(b"#!");
        let mut names =
            if READ.contains(&extension) { of_code(&raw.bytes, &others) } else { BTreeSet::new() };
        if is_script {
            names.extend(of_script(&raw.bytes, &others));
        }
        names.into_iter().take(KEPT).collect::<Vec<_>>()
    };
    files
        .iter()
        .map(|(path, raw)| (path.clone(), of_file(path, raw)))
        .filter(|(_, names)| !names.is_empty())
        .collect()
}

/// Quoted texts that begin with a dot and a slash, or that end in the name of a file.
fn of_code(bytes: &[u8], files: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for quote in [b'\'', b'"', b'`'] {
        for at in memchr::memchr_iter(quote, bytes) {
            let rest = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST)];
            let Some(end) = memchr::memchr2(quote, b'\n', rest) else { continue };
            let Ok(text) = std::str::from_utf8(&rest[..end]) else { continue };
            let relative = text.starts_with("./") || text.starts_with("../") || text == "." || text == "..";
            if rest[end] == quote && (relative || files.contains(last(text))) && found.len() < KEPT {
                found.insert(text.to_owned());
            }
        }
    }
    found
}

/// Words that end in the name of a file.
fn of_script(bytes: &[u8], files: &BTreeSet<&str>) -> BTreeSet<String> {
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"./_-+@".contains(byte);
    let words = bytes.split(|byte| !is_path(byte)).filter_map(|word| std::str::from_utf8(word).ok());
    words.filter(|word| files.contains(last(word))).map(str::to_owned).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn extension(path: &str) -> &str {
    last(path).rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_names() {
        let raw = |text: &str| Raw { executable: false, bytes: text.as_bytes().to_vec() };
        let code = "import a from './a.js'; export * from \"../b\"\nrequire(`.`); run('sh', ['README'])\n\
            // don't read './\nc'; 'LICENSE text' read(dir + '/docs/NOTICE') 'x.js' 'react'";
        let files = [
            ("i.js", code),
            ("bin/x", "require('./y')"),
            ("README", "'./no'"),
            ("x.js", ""),
            ("docs/NOTICE", ""),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), raw(text))).into();
        let names = of_files(&files);
        assert_eq!(names["i.js"], [".", "../b", "./a.js", "/docs/NOTICE", "README"]);
        assert_eq!(names["bin/x"], ["./y"]);
        // A file without an extension may be a program.
        assert_eq!(names["README"], ["./no"]);
        assert_eq!(names.len(), 3);
    }

    #[test]
    fn words_of_scripts() {
        let raw = |text: &str| Raw { executable: false, bytes: text.as_bytes().to_vec() };
        let files = [
            ("install.sh", "#!/bin/sh\nsh ./README; . docs/NOTICE\n"),
            ("binding.gyp", "{'targets': [{'actions': [{'action': ['sh', 'LICENSE']}]}]}"),
            ("bin/run", "#!/usr/bin/env bash\nexec sh ../README\n"),
            ("HISTORY", "see README and LICENSE\n"),
            ("README", ""),
            ("LICENSE", ""),
            ("docs/NOTICE", ""),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), raw(text))).into();
        let names = of_files(&files);
        assert_eq!(names["install.sh"], ["./README", "docs/NOTICE"]);
        assert_eq!(names["binding.gyp"], ["LICENSE"]);
        assert_eq!(names["bin/run"], ["../README"]);
        assert!(!names.contains_key("HISTORY"), "it is no program");
    }
}
