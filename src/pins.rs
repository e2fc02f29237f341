//! `headwater.lock`: what was found of each package, and how it is made. Deterministic JSON, sorted, made
//! to be reviewed in a diff; what an earlier run found is not asked again.

mod builds;
mod reason;
mod rebuilds;
mod wheels;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::about::About;
use crate::graph::Purl;
use crate::hash::Digest;
use crate::hash::Integrity;
use crate::hash::nar::NarHash;
use crate::plan::{Decision, Finding, Route, written};
use crate::policy::{Day, Exception};
use crate::problem::{Problem, pins as problem, to_build};
use crate::source::{Class, Resolution, Source, address};
pub use builds::{BuildPin, Builds};
pub use reason::{Reason, Role};
pub use rebuilds::{Installed, MadeFrom, Outcome, Rebuild, Rebuilds, Tool, ToolsFrom};
pub use wheels::{Requirements, WheelRebuild, build_key};

/// The file's name.
pub use crate::names::LOCK_FILE as FILE;
/// The format's version: a file of another version is not read.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pins {
    version: u32,
    /// Address of the default registry; artifacts are relative to it.
    pub registry: String,
    pub packages: BTreeMap<Purl, Pin>,
    /// How Python packages are built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builds: Option<Builds>,
    /// What was built again from commits.
    #[serde(default, skip_serializing_if = "Rebuilds::is_empty")]
    pub rebuilds: Rebuilds,
    /// What was pinned of packages that are left out or missing now: their files must still be the same when they can be
    /// had again. Python.
    #[serde(default, rename = "leftOut", skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<Purl, Pin>,
    /// SHA-256 of what `unmet` follows from; absent where somebody did not tell what a package requires. Python.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Digest<32>>,
    /// Requirements (PEP 508) that nothing in the lockfile meets, by the package that has them. Python.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unmet: BTreeMap<String, Vec<String>>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    pub route: Route,
    /// For an artifact: why it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// `Requires-Python`, where the index told it and the lockfile does not. Python.
    #[serde(default, rename = "requiresPython", skip_serializing_if = "Option::is_none")]
    pub requires_python: Option<String>,
    /// For a vetted artifact: by whom, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Vetted>,
    /// For an artifact of which a build was wanted: what keeps it from being built. Python.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// What the registry serves; a git dependency has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
    /// For the route `artifact` of Python: the release's wheels, of which the one that fits is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wheels: Vec<Artifact>,
    /// NAR hash. npm: of the package's folder, the same from the artifact and from the commit. The route `build`
    /// of Python: of the commit's checkout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nar: Option<NarHash>,
    /// NAR hash of the commit's checkout, without submodules, where an emitter asked for it. npm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<NarHash>,
    /// For the route `build`: the checkout is one with submodules.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub submodules: bool,
    /// What resolution found; absent where a host could not be reached, or none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// What the package says of itself, where an emitter asked for it. Python: npm's is always at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// The host that could not be reached: the next run asks again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
}

impl Pin {
    /// The commit that the package is taken from as it is: where the route says so.
    pub fn commit(&self) -> Option<&Source> {
        let source = self.resolution.as_ref()?.source.as_ref()?;
        (self.route == Route::Verbatim).then_some(source)
    }

    /// Whether it is of what only builds need.
    pub fn is_requirement(&self) -> bool {
        self.reason.as_ref().is_some_and(|reason| reason.role() == Role::Requirement)
    }

    /// A package of which nothing was decided or found yet.
    pub fn new(route: Route) -> Self {
        Self {
            route,
            reason: None,
            requires_python: None,
            exception: None,
            fallback: None,
            artifact: None,
            wheels: Vec::new(),
            nar: None,
            checkout: None,
            submodules: false,
            resolution: None,
            said: None,
            unreachable: None,
        }
    }

    /// Writes down what was found, and gives what the policy needs to know of it.
    pub fn resolved<'a>(&mut self, resolution: &'a Resolution) -> Finding<'a> {
        // Candidates are for `headwater source`: in a file that is reviewed they would be noise.
        self.resolution = Some(Resolution { considered: Vec::new(), ..resolution.clone() });
        Finding::of(resolution)
    }

    /// Writes a decision down.
    pub fn decided(&mut self, decision: Decision) {
        self.route = decision.route();
        match decision {
            Decision::Verbatim | Decision::Build => {}
            Decision::Sdist { reason } | Decision::Unvetted { reason } => self.reason = Some(reason.into()),
            Decision::Fallback { reason, code, hint } => {
                self.reason = Some(reason.into());
                let hint = to_build(&code, &hint).to_owned();
                self.fallback = Some(Fallback { code, hint });
            }
            Decision::Exception { reason, owner, expires } => {
                self.reason = Some(reason.into());
                self.exception = Some(Vetted { owner, expires: written(expires) });
            }
        }
    }
}

/// What stands between a reason and the last day of an exception that counts no more.
pub const LAPSED: &str = "; its exception expired on ";

impl Pin {
    /// Says of an exception for the package that it counts no more, in place of what an earlier run said of one.
    pub fn lapsed(&mut self, exception: Option<&Exception>, today: Day) {
        let Some(reason) = &mut self.reason else { return };
        if let Some((own, _)) = reason.as_str().split_once(LAPSED) {
            *reason = own.to_owned().into();
        }
        if let Some(exception) = exception.filter(|exception| exception.last_day() < today) {
            *reason = format!("{reason}{LAPSED}{}", written(exception.last_day())).into();
        }
    }
}

/// What the metadata of a package says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    #[serde(flatten)]
    pub about: About,
    /// `Requires-Dist` (PEP 508), asked where the lockfile does not say what its packages need.
    #[serde(default, rename = "requiresDist", skip_serializing_if = "Option::is_none")]
    pub requires_dist: Option<Vec<String>>,
}

/// The problem that keeps a package from being built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// `HW` and three digits.
    pub code: String,
    pub hint: String,
}

/// Somebody's decision, from `headwater.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vetted {
    pub owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: String,
}

/// The file that a registry serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Only where the registry's own layout does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub integrity: Integrity,
    /// Where the integrity is from.
    #[serde(default, skip_serializing_if = "IntegritySource::is_lockfile")]
    pub integrity_from: IntegritySource,
}

/// Who says what the artifact's hash is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IntegritySource {
    #[default]
    Lockfile,
    /// The lockfile has none, the registry's metadata has.
    Registry,
    /// Nobody: the hash of what was downloaded first.
    Download,
}

impl IntegritySource {
    fn is_lockfile(&self) -> bool {
        *self == Self::Lockfile
    }
}

/// Whether a run of ours could have said this of `purl`. The file is made to be reviewed and so it is also
/// edited, merged and handed on: what it says is asked for anew where an address could lead into a private
/// network, or a path out of the repository or into another line of a pack's list.
pub fn is_sound(resolution: &Resolution, purl: &Purl) -> bool {
    let clean = |text: &str| !text.chars().any(char::is_control);
    let inside = |path: &str| address::folder(path).as_deref() == Some(path);
    let source = |source: &Source| {
        address::parse(&source.repository.0).is_ok_and(|known| known.repository == source.repository)
            && source.tag.as_deref().is_none_or(clean)
            && source.subdirectory.as_deref().is_none_or(inside)
    };
    let mapping = resolution.mapping.as_ref();
    let diff = mapping.and_then(|mapping| mapping.manifest_diff.as_deref());
    resolution.purl == *purl
        && resolution.source.as_ref().map_or(resolution.class != Class::Verbatim, source)
        && mapping.is_none_or(|mapping| mapping.elsewhere.values().all(|path| inside(path)))
        && diff.is_none_or(|diff| !diff.contains('\0'))
}

impl Pins {
    /// Whether the same is built from both: they differ at the most in what another language's emitter asked for.
    pub fn builds_the_same(&self, other: &Self) -> bool {
        let bare = |pins: &Self| {
            let mut pins = pins.clone();
            for pin in pins.packages.values_mut().chain(pins.left_out.values_mut()) {
                (pin.checkout, pin.said) = (None, None);
            }
            pins
        };
        bare(self) == bare(other)
    }

    pub fn new(registry: String, packages: BTreeMap<Purl, Pin>, builds: Option<Builds>) -> Self {
        Self { version: VERSION, registry, packages, builds, ..Self::default() }
    }

    /// The pin of a package, whether or not it is left out.
    pub fn of(&self, purl: &Purl) -> Option<&Pin> {
        self.packages.get(purl).or_else(|| self.left_out.get(purl))
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is no JSON of this version.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| problem::unreadable(&error))?;
        if head.version != VERSION {
            return Err(problem::other_version(head.version, VERSION));
        }
        serde_json::from_str(text).map_err(|error| problem::unreadable(&error))
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that a value of this type can cause.
    pub fn to_text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn resolution(change: impl FnOnce(&mut Value)) -> Resolution {
        let mut value = json!({
            "purl": "pkg:npm/x@1.0.0", "tier": "B", "class": "verbatim", "evidence": [], "flags": [],
            "source": {
                "repository": "https://git.example.org/o/r",
                "commit": "0303030303030303030303030303030303030303",
                "tag": "v1.0.0", "subdirectory": "packages/x",
            },
            "files": { "identical": 2, "crlf": 0, "manifest": 1, "generated": 0, "differs": 0, "phantom": 0 },
            "mapping": { "elsewhere": { "LICENSE": "LICENSE" }, "manifest_diff": "--- a\n+++ b\n" },
            "reasons": [], "considered": [],
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    fn sound(change: impl FnOnce(&mut Value)) -> bool {
        let purl = serde_json::from_value(json!("pkg:npm/x@1.0.0")).unwrap();
        is_sound(&resolution(change), &purl)
    }

    #[test]
    fn an_exception_that_expired_is_told_once() {
        let granted = |expires: &str| Exception {
            package: "x".into(),
            reason: "it cannot be built".into(),
            owner: "infra".into(),
            expires: expires.parse().unwrap(),
        };
        let mut pin = Pin { reason: Some("why".to_owned().into()), ..Pin::new(Route::Artifact) };
        for (expires, expected) in [
            (Some("2020-01-01"), "why; its exception expired on 2020-01-01"),
            (Some("2021-01-01"), "why; its exception expired on 2021-01-01"),
            (Some("2030-01-01"), "why"),
            (Some("2020-01-01"), "why; its exception expired on 2020-01-01"),
            (None, "why"),
        ] {
            pin.lapsed(expires.map(granted).as_ref(), (2026, 6, 1));
            assert_eq!(pin.reason.as_ref().map(Reason::as_str), Some(expected));
        }
    }

    #[test]
    fn what_we_wrote_is_sound() {
        assert!(sound(|_| ()));
        assert!(sound(|value| value["source"]["subdirectory"] = Value::Null));
        assert!(sound(|value| (value["source"], value["class"]) = (Value::Null, "nomatch".into())));
    }

    #[test]
    fn what_somebody_else_wrote_steers_nothing() {
        for repository in [
            "https://localhost/o/r",
            "https://10.0.0.1/o/r",
            "https://[::1]/o/r",
            "file:///etc",
            "ext::sh -c id",
            "--upload-pack=id",
            "https://git.example.org/o/r\nfile\tx",
            "https://user:secret@git.example.org/o/r",
            "",
        ] {
            assert!(!sound(|value| value["source"]["repository"] = repository.into()), "{repository:?}");
        }
        for path in ["../x", "/etc/passwd", "a\tb", "a\nfile", "a//b", ""] {
            assert!(!sound(|value| value["source"]["subdirectory"] = path.into()), "{path:?}");
            assert!(!sound(|value| value["mapping"]["elsewhere"]["LICENSE"] = path.into()), "{path:?}");
        }
        assert!(!sound(|value| value["source"]["tag"] = "v1\u{1b}[2J".into()));
        assert!(!sound(|value| value["source"] = Value::Null), "verbatim from nowhere");
        assert!(!sound(|value| value["purl"] = "pkg:npm/y@1.0.0".into()), "another package's answer");
    }
}
