//! On which machines of Guix a package can be installed: npm's `os`, `cpu` and `libc`, for the systems that Guix has.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::guix::sexp::Sexp;
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Graph, Platform, permits};

/// One system of Guix, which is always Linux with glibc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Machine {
    /// npm's (Node's `process.arch`).
    cpu: &'static str,
    pub system: &'static str,
    /// The procedure of `(guix utils)` that tells whether this is it.
    predicate: &'static str,
}

/// All of them (Guix manual, "GNU Distribution").
const MACHINES: [Machine; 6] = [
    Machine { cpu: "x64", system: "x86_64-linux", predicate: "target-x86-64?" },
    Machine { cpu: "ia32", system: "i686-linux", predicate: "target-x86-32?" },
    Machine { cpu: "arm64", system: "aarch64-linux", predicate: "target-aarch64?" },
    Machine { cpu: "arm", system: "armhf-linux", predicate: "target-arm32?" },
    Machine { cpu: "ppc64", system: "powerpc64le-linux", predicate: "target-ppc64le?" },
    Machine { cpu: "riscv64", system: "riscv64-linux", predicate: "target-riscv64?" },
];

/// Some of the machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Machines(BTreeSet<Machine>);

impl Machines {
    pub fn all() -> Self {
        Self(MACHINES.into())
    }

    /// Those that a package may be installed on.
    pub fn of(platform: &Platform) -> Self {
        if !permits(&platform.os, "linux") || !permits(&platform.libc, "glibc") {
            return Self(BTreeSet::new());
        }
        Self(MACHINES.into_iter().filter(|machine| permits(&platform.cpu, machine.cpu)).collect())
    }

    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of both.
    pub fn both(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether all of the others are among them.
    pub fn holds(&self, others: &Self) -> bool {
        others.0.is_subset(&self.0)
    }

    /// Guix' names of them; empty for all.
    pub fn systems(&self) -> Vec<String> {
        if self.is_all() {
            return Vec::new();
        }
        self.0.iter().map(|machine| machine.system.to_owned()).collect()
    }

    /// The expression that holds on these machines; `None` where it always does.
    pub fn condition(&self) -> Option<Sexp> {
        if self.is_all() {
            return None;
        }
        let mut tests: Vec<_> = self.0.iter().map(|machine| Sexp::call(machine.predicate, [])).collect();
        Some(if tests.len() == 1 { tests.remove(0) } else { Sexp::call("or", tests) })
    }
}

/// Where each location can be installed together with all that it cannot do without.
pub fn machines(graph: &Graph) -> BTreeMap<&Location, Machines> {
    let mut found: BTreeMap<_, _> =
        graph.nodes.iter().map(|(location, node)| (location, Machines::of(&node.platform))).collect();
    let edges = &graph.edges();
    let mut open: Vec<_> =
        found.iter().filter(|(_, machines)| !machines.is_all()).map(|(location, _)| *location).collect();
    while let Some(location) = open.pop() {
        let here = found[location].clone();
        for (from, kind) in edges.into(location) {
            let needed = !kind.is_optional() && *kind != EdgeKind::Dev;
            let Some(above) = found.get_mut(from).filter(|above| needed && !here.holds(above)) else {
                continue;
            };
            above.0.retain(|machine| here.0.contains(machine));
            open.push(from);
        }
    }
    found
}

/// What keeps the project from every system of Guix: packages that it cannot do without, and what they are for. Empty where
/// there is a system for it.
pub fn refused(graph: &Graph) -> Vec<(&Location, &Platform)> {
    let root = Location::root();
    if machines(graph).get(&root).is_none_or(|machines| !machines.is_none()) {
        return Vec::new();
    }
    let needed = graph.closure(&root, &[EdgeKind::Prod, EdgeKind::Peer]);
    let platforms = graph.nodes.iter().filter(|(location, _)| needed.contains(*location));
    let found = platforms.map(|(location, node)| (location, &node.platform));
    found.filter(|(_, platform)| !Machines::of(platform).is_all()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(os: &[&str], cpu: &[&str], libc: &[&str]) -> Platform {
        let list = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Platform { os: list(os), cpu: list(cpu), libc: list(libc) }
    }

    #[test]
    fn platforms_as_npm_reads_them() {
        for (platform, systems) in [
            (platform(&["linux"], &["x64", "arm64"], &[]), vec!["aarch64-linux", "x86_64-linux"]),
            (
                platform(&["!win32"], &["!x64", "!ia32", "!arm"], &["glibc"]),
                vec!["aarch64-linux", "powerpc64le-linux", "riscv64-linux"],
            ),
            (platform(&["any"], &["any"], &[]), vec![]),
        ] {
            let mut found = Machines::of(&platform).systems();
            found.sort();
            assert_eq!(found, systems);
            assert!(!Machines::of(&platform).is_none());
        }
        for none in
            [platform(&["darwin"], &[], &[]), platform(&[], &[], &["musl"]), platform(&["!linux"], &[], &[])]
        {
            assert!(Machines::of(&none).is_none());
        }
    }

    #[test]
    fn a_condition_is_said_only_where_there_is_one() {
        let written = |machines: Machines| machines.condition().map(|condition| condition.written());
        assert_eq!(written(Machines::all()), None);
        let one = Machines::of(&platform(&[], &["x64"], &[]));
        assert_eq!(written(one).as_deref(), Some("(target-x86-64?)"));
        let two = Machines::of(&platform(&[], &["x64", "arm64"], &[]));
        assert_eq!(written(two).as_deref(), Some("(or (target-aarch64?) (target-x86-64?))"));
    }
}
