//! Whether a wheel is for any of the interpreters and platforms that emitted code is for, by the tags in its name
//! (PEP 425, PEP 600, PEP 656). Which of several is taken is decided where the code is evaluated.

use std::collections::BTreeSet;

use super::filename::Tags;

/// Whether it is for CPython 3 of one of these minor versions, on Linux or macOS.
pub fn fits(tags: &Tags, pythons: &BTreeSet<u8>) -> bool {
    let platform = tags.platform.split('.').any(|one| {
        one == "any"
            || ["manylinux", "musllinux", "linux_", "macosx_"].iter().any(|start| one.starts_with(start))
    });
    platform && pythons.iter().any(|minor| is_for(tags, *minor))
}

fn is_for(tags: &Tags, minor: u8) -> bool {
    let exact = format!("cp3{minor}");
    let abis: BTreeSet<&str> = tags.abi.split('.').collect();
    tags.python.split('.').any(|python| {
        // `py3`, `cp3`, or a minor version that this one is not older than.
        let reaches = |prefix: &str| {
            let rest = python.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.parse::<u8>().is_ok_and(|least| least <= minor))
        };
        python == exact && (abis.contains(exact.as_str()) || abis.contains("none"))
            || abis.contains("abi3") && reaches("cp3")
            || abis.contains("none") && reaches("py3")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_wheels_are_for_us() {
        for (text, expected) in [
            ("py3-none-any", true),
            ("py2.py3-none-any", true),
            ("py2-none-any", false),
            ("py310-none-any", true),
            ("py312-none-any", false),
            ("cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", true),
            ("cp312-cp312-manylinux2014_x86_64", false),
            ("cp36-cp36m-manylinux1_x86_64", false),
            ("cp38-abi3-macosx_11_0_arm64", true),
            ("cp312-abi3-macosx_11_0_arm64", false),
            ("cp311-none-linux_aarch64", true),
            ("py3-none-manylinux_2_17_x86_64", true),
            ("cp311-cp311-win_amd64", false),
            ("py3-none-win32", false),
            ("cp311-cp311-musllinux_1_2_x86_64", true),
            ("cp311t-cp311t-musllinux_1_2_x86_64", false),
            ("pp311-pypy311_pp73-manylinux2014_x86_64", false),
        ] {
            let mut parts = text.split('-').map(str::to_owned);
            let mut next = || parts.next().unwrap();
            let tags = Tags { python: next(), abi: next(), platform: next() };
            assert_eq!(fits(&tags, &BTreeSet::from([11])), expected, "{text}");
        }
    }
}
