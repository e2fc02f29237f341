//! The systems that emitted code is for, and which of them a package bound to platforms is for.

use crate::graph::npm::{Platform, permits};

/// One of the systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// As Nix calls it.
    pub system: &'static str,
    /// npm's words for it (Node's `process.platform` and `process.arch`).
    os: &'static str,
    cpu: &'static str,
}

pub const TARGETS: [Target; 4] = [
    Target { system: "x86_64-linux", os: "linux", cpu: "x64" },
    Target { system: "aarch64-linux", os: "linux", cpu: "arm64" },
    Target { system: "x86_64-darwin", os: "darwin", cpu: "x64" },
    Target { system: "aarch64-darwin", os: "darwin", cpu: "arm64" },
];

impl Target {
    /// Whether a package is for it; on Linux that is with glibc.
    pub fn is_of(&self, platform: &Platform) -> bool {
        permits(&platform.os, self.os)
            && permits(&platform.cpu, self.cpu)
            && (self.os != "linux" || permits(&platform.libc, "glibc"))
    }
}

/// Words in names, and npm's own for them.
const SYSTEMS: [(&str, &str); 12] = [
    ("linux", "linux"),
    ("linuxmusl", "linux"),
    ("darwin", "darwin"),
    ("macos", "darwin"),
    ("win32", "win32"),
    ("windows", "win32"),
    ("android", "android"),
    ("freebsd", "freebsd"),
    ("openbsd", "openbsd"),
    ("netbsd", "netbsd"),
    ("sunos", "sunos"),
    ("aix", "aix"),
];
const PROCESSORS: [(&str, &str); 18] = [
    ("x64", "x64"),
    ("amd64", "x64"),
    ("64", "x64"),
    ("arm64", "arm64"),
    ("aarch64", "arm64"),
    ("arm", "arm"),
    ("armv7", "arm"),
    ("ia32", "ia32"),
    ("x86", "ia32"),
    ("i686", "ia32"),
    ("32", "ia32"),
    ("ppc64", "ppc64"),
    ("powerpc64le", "ppc64"),
    ("s390x", "s390x"),
    ("riscv64", "riscv64"),
    ("loong64", "loong64"),
    ("loongarch64", "loong64"),
    ("wasm32", "wasm32"),
];
const LIBRARIES: [(&str, &str); 8] = [
    ("musl", "musl"),
    ("linuxmusl", "musl"),
    ("musleabi", "musl"),
    ("musleabihf", "musl"),
    ("gnu", "glibc"),
    ("glibc", "glibc"),
    ("gnueabi", "glibc"),
    ("gnueabihf", "glibc"),
];

/// The platforms that a package is for by the words of its name (`@x/y-linux-x64-gnu`); `None` where none of them is a
/// system or a processor.
pub fn by_name(name: &str) -> Option<Platform> {
    let name = name.replace("x86_64", "x64");
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let among = |known: &[(&str, &str)]| -> Vec<String> {
        let found = known.iter().filter(|(word, _)| words.contains(word));
        found.map(|(_, word)| (*word).to_owned()).collect()
    };
    let platform = Platform { os: among(&SYSTEMS), cpu: among(&PROCESSORS), libc: among(&LIBRARIES) };
    (!platform.os.is_empty() || !platform.cpu.is_empty()).then_some(platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn systems(name: &str) -> Vec<&'static str> {
        let platform = by_name(name).unwrap();
        TARGETS.iter().filter(|target| target.is_of(&platform)).map(|target| target.system).collect()
    }

    #[test]
    fn names_tell_what_they_are_for() {
        for (name, expected) in [
            ("@s/tool-linux-x64-gnu", vec!["x86_64-linux"]),
            ("@s/tool-linux-x64-musl", vec![]),
            ("@s/tool-linuxmusl-x64", vec![]),
            ("@s/tool-linux-arm-gnueabihf", vec![]),
            ("@s/linux-arm64", vec!["aarch64-linux"]),
            ("tool-linux-64", vec!["x86_64-linux"]),
            ("tool-darwin-universal", vec!["x86_64-darwin", "aarch64-darwin"]),
            ("tool.darwin-x86_64", vec!["x86_64-darwin"]),
            ("tool-macos-arm64", vec!["aarch64-darwin"]),
            ("tool-win32-x64-msvc", vec![]),
            ("tool-wasm32-wasi", vec![]),
        ] {
            assert_eq!(systems(name), expected, "{name}");
        }
        for plain in ["tool", "linuxify", "armchair", "@s/x64ish"] {
            assert_eq!(by_name(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_target_reads_lists_as_npm_does() {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let systems = |os: &[&str], cpu: &[&str], libc: &[&str]| -> Vec<_> {
            let platform = Platform { os: list(os), cpu: list(cpu), libc: list(libc) };
            TARGETS.iter().filter(|target| target.is_of(&platform)).map(|target| target.system).collect()
        };
        assert_eq!(systems(&["!win32"], &[], &[]).len(), 4);
        assert_eq!(systems(&["darwin", "linux"], &["arm64"], &[]), ["aarch64-linux", "aarch64-darwin"]);
        // Only Linux has several.
        assert_eq!(systems(&[], &["x64"], &["musl"]), ["x86_64-darwin"]);
    }
}
