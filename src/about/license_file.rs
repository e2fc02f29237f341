//! The file in which a repository has its licence: which one's text it is.

/// Characters of a licence file that are shown.
const SHOWN: usize = 60;

/// Where repositories have the text, the usual name first.
pub const LICENSES: [&str; 9] = [
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "LICENSE.rst",
    "LICENCE",
    "LICENCE.md",
    "LICENCE.txt",
    "COPYING",
    "license",
];

/// What a file begins with, for whoever looks.
pub fn beginning(text: &str) -> String {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    first.trim_start_matches('#').trim().chars().take(SHOWN).collect()
}

/// Sentences of licences that no other one has, in lower case with single spaces; all of a row must be there, and none of
/// its last column.
const SENTENCES: [(&str, &[&str], &[&str]); 12] = [
    ("Apache-2.0", &["apache license version 2.0, january 2004"], &[]),
    ("MPL-2.0", &["mozilla public license version 2.0"], &[]),
    ("AGPL-3.0", &["gnu affero general public license version 3, 19 november 2007"], &[]),
    ("LGPL-3.0", &["gnu lesser general public license version 3, 29 june 2007"], &[]),
    ("LGPL-2.1", &["gnu lesser general public license version 2.1, february 1999"], &[]),
    ("GPL-3.0", &["gnu general public license version 3, 29 june 2007"], &[]),
    ("GPL-2.0", &["gnu general public license version 2, june 1991"], &[]),
    ("BSD-3-Clause", &[BSD, BSD_ENDORSE], &["all advertising materials"]),
    ("BSD-2-Clause", &[BSD], &["endorse or promote", "all advertising materials", "neither the name"]),
    (
        "MIT",
        &[MIT, "the above copyright notice and this permission notice"],
        &["except as contained in this notice"],
    ),
    (
        "ISC",
        &[
            "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
            "copyright notice and this permission notice appear in all copies",
        ],
        &[],
    ),
    ("Unlicense", &["this is free and unencumbered software released into the public domain"], &[]),
];
const BSD: &str = "redistributions in binary form must reproduce the above copyright";
const BSD_ENDORSE: &str =
    "endorse or promote products derived from this software without specific prior written permission";
const MIT: &str = "permission is hereby granted, free of charge, to any person obtaining a copy";

/// The licence whose text this is; `None` where it is none of the well-known ones, or more than one.
pub fn recognized(text: &str) -> Option<&'static str> {
    let plain: String = text.chars().filter(|c| !"*#=_>".contains(*c)).flat_map(char::to_lowercase).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let is = |(_, all, none): &&(&str, &[&str], &[&str])| {
        all.iter().all(|part| plain.contains(part)) && !none.iter().any(|part| plain.contains(part))
    };
    let mut found = SENTENCES.iter().filter(is);
    // The GPL's text names the LGPL and the AGPL only elsewhere than in its title.
    let first = found.next()?.0;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_licences() {
        let mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this, \
            The above copyright notice and this permission notice shall";
        let own = "# Own\n\nDo *not* copy it.\n";
        assert_eq!(recognized(mit), Some("MIT"));
        assert_eq!(recognized("  Apache License\n   Version 2.0, January 2004\n"), Some("Apache-2.0"));
        assert_eq!(recognized(&format!("{mit}\n  Apache License\n   Version 2.0, January 2004\n")), None);
        assert_eq!((recognized(own), beginning(own).as_str()), (None, "Own"));
    }
}
