//! What is made less well than an earlier run had it: no package gets the weaker way unseen.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::graph::Purl;
use crate::pins::{Pin, Pins};
use crate::plan::Route;

/// A package that is made less well than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weakened {
    pub package: Purl,
    /// What the earlier pins have: the package itself, or the version that it took the place of.
    pub before: Purl,
    pub was: &'static str,
    pub now: &'static str,
    pub reason: String,
}

/// How well a package is made: the more the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// Left out of the shell, or missing.
    Nothing,
    Shipped,
    Archive,
    Commit,
}

impl Strength {
    /// `None` for what somebody has vetted: that is no fallback.
    fn of(pin: &Pin) -> Option<Self> {
        match (pin.route, &pin.exception) {
            (Route::Verbatim | Route::Build, _) => Some(Self::Commit),
            (Route::Sdist, _) => Some(Self::Archive),
            (Route::Artifact, Some(_)) => None,
            (Route::Artifact, None) => Some(Self::Shipped),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Commit => "from its commit",
            Self::Archive => "built from its source archive",
            Self::Shipped => "as the registry ships it, unvetted",
            Self::Nothing => "not at all",
        }
    }
}

/// Every package of `now` that is made less well than in `prior`: itself, or where it is new, the version of the same name
/// whose place it took. That is one that is gone, or is left for builds alone; lockfile entries and build requirements take
/// each other's place only where there is no such version of their own kind. A package whose name is new has nothing to be
/// compared with.
pub fn weakened(prior: &Pins, now: &Pins) -> Vec<Weakened> {
    let mut gone: BTreeMap<(&str, bool), Vec<(&Purl, Strength)>> = BTreeMap::new();
    for (purl, pin) in &prior.packages {
        let left = now.packages.get(purl);
        if left.is_none_or(|left| left.is_requirement() && !pin.is_requirement())
            && let Some(strength) = Strength::of(pin)
        {
            gone.entry((name(purl), pin.is_requirement())).or_default().push((purl, strength));
        }
    }
    let one = |(purl, pin): (&Purl, &Pin)| {
        let is = Strength::of(pin)?;
        let own = pin.is_requirement();
        let of = |own: bool| gone.get(&(name(purl), own));
        let (before, was) = match prior.packages.get(purl) {
            Some(same) => (purl, Strength::of(same)?),
            None => of(own).or_else(|| of(!own))?.iter().copied().max_by_key(|(_, strength)| *strength)?,
        };
        (is < was).then(|| Weakened {
            package: purl.clone(),
            before: before.clone(),
            was: was.words(),
            now: is.words(),
            reason: pin.reason.clone().map(String::from).unwrap_or_default(),
        })
    };
    now.packages.iter().filter_map(one).collect()
}

/// The same of packages that cannot be had, each with why: made is nothing of them any more.
pub fn gone(prior: &Pins, absent: &BTreeMap<Purl, String>) -> Vec<Weakened> {
    let one = |(purl, reason): (&Purl, &String)| {
        let same = prior.packages.get_key_value(purl);
        let before = same.or_else(|| {
            prior.packages.iter().find(|(earlier, pin)| name(earlier) == name(purl) && !pin.is_requirement())
        });
        let (before, pin) = before.filter(|_| !prior.left_out.contains_key(purl))?;
        Some(Weakened {
            package: purl.clone(),
            before: before.clone(),
            was: Strength::of(pin)?.words(),
            now: Strength::Nothing.words(),
            reason: reason.clone(),
        })
    };
    absent.iter().filter_map(one).collect()
}

/// The package without version and qualifiers.
fn name(purl: &Purl) -> &str {
    let text = purl.as_str().split(['?', '#']).next().unwrap_or_default();
    text.rsplit_once('@').map_or(text, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pins::Vetted;
    use crate::python::{PyName, PyVersion};

    fn pins(list: &[(&str, &str, Route, bool)]) -> Pins {
        let pin = |(name, version, route, vetted): &(&str, &str, Route, bool)| {
            let purl = Purl::pypi(&PyName::new(name).unwrap(), &PyVersion::new(version).unwrap().to_string());
            let exception =
                vetted.then(|| Vetted { owner: "infra".to_owned(), expires: "2999-01-01".to_owned() });
            (purl, Pin { exception, reason: Some("why".to_owned().into()), ..Pin::new(*route) })
        };
        Pins::new(String::new(), list.iter().map(pin).collect(), None)
    }

    #[test]
    fn what_is_weaker_than_before() {
        use Route::{Artifact, Build, Sdist};
        for (before, now, expected) in [
            // The same release.
            (vec![("a", "1", Build, false)], vec![("a", "1", Sdist, false)], 1),
            (vec![("a", "1", Sdist, false)], vec![("a", "1", Artifact, false)], 1),
            (vec![("a", "1", Sdist, false)], vec![("a", "1", Build, false)], 0),
            (vec![("a", "1", Sdist, false)], vec![("a", "1", Artifact, true)], 0),
            // Another version in its place.
            (vec![("a", "1", Build, false)], vec![("a", "2", Artifact, false)], 1),
            (vec![("a", "1", Artifact, false)], vec![("a", "2", Artifact, false)], 0),
            // One that was vetted before was no source build.
            (vec![("a", "1", Artifact, true)], vec![("a", "1", Artifact, false)], 0),
            // Of two versions one stays.
            (
                vec![("a", "1", Build, false), ("a", "2", Artifact, false)],
                vec![("a", "1", Build, false), ("a", "3", Artifact, false)],
                0,
            ),
            // Nothing to compare with.
            (vec![], vec![("a", "1", Artifact, false)], 0),
        ] {
            let found = weakened(&pins(&before), &pins(&now));
            assert_eq!(found.len(), expected, "{before:?} to {now:?}: {found:?}");
        }
        let found = weakened(&pins(&[("a", "1", Build, false)]), &pins(&[("a", "2", Artifact, false)]));
        assert_eq!((found[0].was, found[0].before.as_str()), ("from its commit", "pkg:pypi/a@1"));
    }

    #[test]
    fn what_is_left_out_is_weaker_than_what_was_there_once() {
        let absent = |name: &str, version: &str| {
            BTreeMap::from([(Purl::pypi(&PyName::new(name).unwrap(), version), "why".to_owned())])
        };
        let mut prior = pins(&[("a", "1", Route::Sdist, false)]);
        for (name, version, expected) in [("a", "1", 1), ("a", "2", 1), ("b", "1", 0)] {
            assert_eq!(gone(&prior, &absent(name, version)).len(), expected, "{name} {version}");
        }
        // That was said before.
        prior.left_out = std::mem::take(&mut prior.packages);
        assert_eq!(gone(&prior, &absent("a", "1")), []);
    }

    /// A release that is an entry and a build requirement is pinned once, as the entry.
    #[test]
    fn entries_and_what_only_builds_need() {
        let read = |text: &str| {
            let one = |word: &str| {
                let mut parts = word.split(' ');
                let (version, route) = (parts.next().unwrap(), parts.next().unwrap());
                let route = match route {
                    "commit" => Route::Build,
                    "sdist" => Route::Sdist,
                    _ => Route::Artifact,
                };
                let purl = Purl::pypi(&PyName::new("a").unwrap(), version);
                let reason = parts.next().map(|_| crate::pins::Reason::of_requirement(None));
                (purl, Pin { reason, ..Pin::new(route) })
            };
            Pins::new(String::new(), text.split(", ").map(one).collect(), None)
        };
        for (before, now, expected) in [
            // The entry changes, and the build requirement stays.
            ("1 sdist", "1 sdist build, 2 wheel", 1),
            // Each changes for itself.
            ("1 commit, 0.1 wheel build", "2 commit, 0.2 wheel build", 0),
            ("1 commit, 0.1 sdist build", "1 commit, 0.2 wheel build", 1),
            ("1 wheel, 0.1 sdist build", "2 wheel, 0.1 sdist build", 0),
            // One in place of the other.
            ("1 sdist build", "2 wheel", 1),
            ("1 commit", "1 sdist build", 1),
        ] {
            let found = weakened(&read(before), &read(now));
            assert_eq!(found.len(), expected, "{before} to {now}: {found:?}");
        }
    }
}
