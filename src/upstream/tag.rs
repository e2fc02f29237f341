//! Tags that hold a version.

use std::ops::Range;

use crate::python::PyVersion;

/// What stands before and behind a version in a tag; `None` where the tag does not hold it as a whole: `1.0` is not in
/// `v1.0.1`, nor in `v11.0`.
pub fn around<'t>(tag: &'t str, version: &str) -> Option<(&'t str, &'t str)> {
    let places = tag.rmatch_indices(version).filter(|_| !version.is_empty());
    let mut parts = places.map(|(at, _)| (&tag[..at], &tag[at + version.len()..]));
    parts.find(|(before, behind)| begins(before) && !goes_on(behind))
}

/// The version as a tag spells it: a part of the tag that is the same version by PEP 440, and no part of another version. It
/// begins with a digit, as every version of nixpkgs must (pkgs/README.md, "Versioning").
///
/// nixpkgs compares the two by PEP 440 (pythonMetadataCheckHook), so that any spelling will do. The tag's is the one of
/// which the tag can be made again.
pub fn spelled<'t>(tag: &'t str, version: &PyVersion) -> Option<&'t str> {
    let digits = tag.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
    let starts = digits.filter(|at| begins(&tag[..*at]));
    let ends = |start: usize| tag[start..].char_indices().map(move |(at, c)| start + at + c.len_utf8());
    let all = starts.flat_map(|start| ends(start).map(move |end| start..end));
    let versions: Vec<(Range<usize>, PyVersion)> =
        all.filter_map(|part| Some((part.clone(), PyVersion::new(&tag[part]).ok()?))).collect();
    let is_part = |part: &Range<usize>| {
        let holds =
            |other: &Range<usize>| other != part && other.start <= part.start && part.end <= other.end;
        versions.iter().any(|(other, _)| holds(other))
    };
    let goes_on = |behind: &str| {
        let next = behind.strip_prefix('.').unwrap_or(behind);
        goes_on(behind) || next.starts_with(|c: char| c.is_alphanumeric())
    };
    let is_it = |(part, found): &&(Range<usize>, PyVersion)| {
        found == version && !goes_on(&tag[part.end..]) && !is_part(part)
    };
    versions.iter().rfind(is_it).map(|(part, _)| &tag[part.clone()])
}

/// Whether a number that follows is the first of its version.
fn begins(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(last) if last.is_ascii_digit() => false,
        Some('.' | '!' | '+') => !back.next().is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    }
}

/// Whether the version goes on.
fn goes_on(behind: &str) -> bool {
    let mut ahead = behind.chars();
    match ahead.next() {
        Some(first) if first.is_ascii_digit() => true,
        Some('.' | '_' | '!') => ahead.next().is_some_and(|c| c.is_ascii_digit()),
        Some('+') => ahead.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_version() {
        for (tag, version, expected) in [
            ("v1.0", "1.0", Some(("v", ""))),
            ("cli@1.2.3", "1.2.3", Some(("cli@", ""))),
            ("1.2.3-final", "1.2.3", Some(("", "-final"))),
            ("release-1.0.", "1.0", Some(("release-", "."))),
            ("v1.0.Final", "1.0", Some(("v", ".Final"))),
            ("a.1.0", "1.0", Some(("a.", ""))),
            ("1.0-and-1.0", "1.0", Some(("1.0-and-", ""))),
            ("v1.0.1", "1.0", None),
            ("v11.0", "1.0", None),
            ("v2.1.0", "1.0", None),
            ("v1.0.0", "1.0", None),
            ("1!1.0", "1.0", None),
            ("release_1_0", "1", None),
            ("lib2_1.0", "1.0", Some(("lib2_", ""))),
            ("1.0+local", "1.0", None),
            ("other", "1.0", None),
            ("other", "", None),
        ] {
            assert_eq!(around(tag, version), expected, "{version} in {tag}");
        }
    }

    #[test]
    fn versions_as_tags_spell_them() {
        for (tag, version, expected) in [
            // Zeros at the front of a number.
            ("2026.08.17", "2026.8.17", Some("2026.08.17")),
            ("v2024.01.00", "2024.1.0", Some("2024.01.00")),
            // Zeros at the end.
            ("v1.0", "1.0.0", Some("1.0")),
            ("v1.0.0", "1.0", Some("1.0.0")),
            ("v1", "1.0", Some("1")),
            // Releases before and after another.
            ("1.0rc1", "1.0rc1", Some("1.0rc1")),
            ("v1.0-rc.1", "1.0rc1", Some("1.0-rc.1")),
            ("1.0.0-RC1", "1.0rc1", Some("1.0.0-RC1")),
            ("1.0-beta-2", "1.0b2", Some("1.0-beta-2")),
            ("1.0-1", "1.0.post1", Some("1.0-1")),
            ("1.0.dev0", "1.0.dev0", Some("1.0.dev0")),
            // Epochs and local versions.
            ("1!2.0", "1!2.0", Some("1!2.0")),
            ("2.0", "1!2.0", None),
            ("1!2.0", "2.0", None),
            ("v1.0+Cpu_1", "1.0+cpu.1", Some("1.0+Cpu_1")),
            ("v1.0", "1.0+cpu", None),
            ("v1.0+cpu", "1.0", None),
            // Words around it.
            ("pkg-2-v1.05", "1.5", Some("1.05")),
            ("release/1.05-final", "1.5", Some("1.05")),
            // Another version, or none.
            ("v1.0.1", "1.0", None),
            ("v1.0rc1", "1.0", None),
            ("v1.0-rc.1", "1.0", None),
            ("1.0.dev0", "1.0", None),
            ("release_1_0", "1.0", None),
            ("latest", "1.0", None),
        ] {
            assert_eq!(spelled(tag, &PyVersion::new(version).unwrap()), expected, "{version} in {tag}");
        }
    }
}
