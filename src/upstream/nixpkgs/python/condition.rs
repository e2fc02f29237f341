//! When a requirement counts, in the words of nixpkgs.

use std::collections::BTreeSet;

use crate::python::Target;
use crate::python::marker::Marker;

/// Where an element of a list belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    Always,
    Never,
    /// Code of Nix that is a condition, and the names that it takes as arguments.
    When {
        code: String,
        arguments: BTreeSet<&'static str>,
    },
    /// The marker, which nixpkgs has no words for.
    Unknown(String),
}

/// Parts of a platform that markers speak of.
const PLATFORMS: [(&str, &str); 4] = [
    ("sys_platform == 'linux'", "stdenv.hostPlatform.isLinux"),
    ("sys_platform == 'darwin'", "stdenv.hostPlatform.isDarwin"),
    ("platform_machine == 'x86_64'", "stdenv.hostPlatform.isx86_64"),
    ("platform_machine == 'aarch64' or platform_machine == 'arm64'", "stdenv.hostPlatform.isAarch64"),
];

/// What a marker means for what nixpkgs builds.
pub fn condition(target: &Target, marker: &Marker) -> Condition {
    let chosen = BTreeSet::new();
    let places = target.when(marker, &chosen);
    if places == target.all() {
        return Condition::Always;
    }
    if places == 0 {
        return Condition::Never;
    }
    let oldest = target.pythons().first().copied();
    let mut pythons = vec![(target.all(), String::new(), None)];
    for minor in target.pythons().iter().copied().filter(|minor| Some(*minor) != oldest) {
        let older = target.pythons().range(..minor).fold(0, |all, one| all | target.python(*one));
        pythons.push((older, format!("pythonOlder \"3.{minor}\""), Some("pythonOlder")));
        pythons.push((target.all() & !older, format!("pythonAtLeast \"3.{minor}\""), Some("pythonAtLeast")));
    }
    let read =
        |text: &str| Marker::parse(text).map(|marker| target.when(&marker, &chosen)).unwrap_or_default();
    let mut platforms = vec![(target.all(), String::new())];
    platforms.extend(PLATFORMS.map(|(text, code)| (read(text), code.to_owned())));
    platforms.extend(PLATFORMS.map(|(text, code)| (target.all() & !read(text), format!("!{code}"))));
    for (of_python, python, argument) in &pythons {
        for (of_platform, platform) in &platforms {
            if of_python & of_platform != places {
                continue;
            }
            let mut arguments: BTreeSet<&'static str> = argument.iter().copied().collect();
            arguments.extend((!platform.is_empty()).then_some("stdenv"));
            let code = match (python.is_empty(), platform.is_empty()) {
                (false, false) => format!("{python} && {platform}"),
                _ => format!("{python}{platform}"),
            };
            return Condition::When { code, arguments };
        }
    }
    Condition::Unknown(marker.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_in_nixpkgs_words() {
        let target = Target::default();
        for (marker, expected) in [
            ("python_version >= '3.8'", "always"),
            ("platform_python_implementation != 'PyPy'", "always"),
            ("python_version < '3.11'", "never"),
            ("sys_platform == 'win32'", "never"),
            ("python_version < '3.13'", "pythonOlder \"3.13\""),
            ("python_full_version >= '3.14.0'", "pythonAtLeast \"3.14\""),
            ("sys_platform == 'linux'", "stdenv.hostPlatform.isLinux"),
            ("sys_platform != 'darwin'", "stdenv.hostPlatform.isLinux"),
            ("platform_machine == 'x86_64'", "stdenv.hostPlatform.isx86_64"),
            ("platform_machine != 'x86_64'", "!stdenv.hostPlatform.isx86_64"),
            (
                "python_version < '3.12' and sys_platform == 'darwin'",
                "pythonOlder \"3.12\" && stdenv.hostPlatform.isDarwin",
            ),
            ("python_version == '3.12'", "unknown python_version == '3.12'"),
        ] {
            let found = match condition(&target, &Marker::parse(marker).unwrap()) {
                Condition::Always => "always".to_owned(),
                Condition::Never => "never".to_owned(),
                Condition::When { code, .. } => code,
                Condition::Unknown(text) => format!("unknown {text}"),
            };
            assert_eq!(found, expected, "{marker}");
        }
    }
}
