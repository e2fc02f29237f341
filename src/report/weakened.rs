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
        }
    }
}

/// Every package of `now` that is made less well than in `prior`: itself, or where it is new, the version of the same name
/// that is gone. A package whose name is new has nothing to be compared with.
pub fn weakened(prior: &Pins, now: &Pins) -> Vec<Weakened> {
    let mut gone: BTreeMap<&str, Vec<(&Purl, Strength)>> = BTreeMap::new();
    for (purl, pin) in &prior.packages {
        if !now.packages.contains_key(purl)
            && let Some(strength) = Strength::of(pin)
        {
            gone.entry(name(purl)).or_default().push((purl, strength));
        }
    }
    let one = |(purl, pin): (&Purl, &Pin)| {
        let is = Strength::of(pin)?;
        let (before, was) = match prior.packages.get(purl) {
            Some(same) => (purl, Strength::of(same)?),
            None => gone.get(name(purl))?.iter().copied().max_by_key(|(_, strength)| *strength)?,
        };
        (is < was).then(|| Weakened {
            package: purl.clone(),
            before: before.clone(),
            was: was.words(),
            now: is.words(),
            reason: pin.reason.clone().unwrap_or_default(),
        })
    };
    now.packages.iter().filter_map(one).collect()
}

/// The package without version and qualifiers.
fn name(purl: &Purl) -> &str {
    let text = purl.as_str().split(['?', '#']).next().unwrap_or_default();
    text.rsplit_once('@').map_or(text, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{PyName, PyVersion};
    use crate::pins::Vetted;

    fn pins(list: &[(&str, &str, Route, bool)]) -> Pins {
        let pin = |(name, version, route, vetted): &(&str, &str, Route, bool)| {
            let purl = Purl::pypi(&PyName::new(name).unwrap(), &PyVersion::new(version).unwrap().to_string());
            let exception =
                vetted.then(|| Vetted { owner: "infra".to_owned(), expires: "2999-01-01".to_owned() });
            (purl, Pin { exception, reason: Some("why".to_owned()), ..Pin::new(*route) })
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
}
