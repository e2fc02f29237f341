//! The environments that emitted code may be evaluated for: which of them a marker holds in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use pep440_rs::Version;
use pep508_rs::{
    MarkerEnvironment, MarkerEnvironmentBuilder, MarkerExpression, MarkerTree, MarkerValueString,
    MarkerValueVersion,
};

use super::marker::{Choice, Context, Marker, Test};
use crate::foreign;
use crate::python::filename::Kind;
use crate::python::tags;

/// A set of environments: bit `n` stands for the `n`th of the target.
pub type Places = u128;

/// The minor versions of Python 3 that are built for where nobody says which.
pub const PYTHONS: [u8; 5] = [11, 12, 13, 14, 15];
/// When the first release of each came out (PEP 664, 693, 719, 745, 790): what is older was never tried with it.
const CAME_OUT: [(u8, Date); 5] = [
    (11, date(2022, 10, 24)),
    (12, date(2023, 10, 2)),
    (13, date(2024, 10, 7)),
    (14, date(2025, 10, 7)),
    (15, date(2026, 10, 1)),
];
/// What nixpkgs builds for: `sys_platform`, `platform_system`, `platform_machine`.
const PLATFORMS: [(&str, &str, &str); 9] = [
    ("linux", "Linux", "x86_64"),
    ("linux", "Linux", "aarch64"),
    ("linux", "Linux", "i686"),
    ("linux", "Linux", "armv7l"),
    ("linux", "Linux", "riscv64"),
    ("linux", "Linux", "ppc64le"),
    ("linux", "Linux", "s390x"),
    ("darwin", "Darwin", "arm64"),
    ("darwin", "Darwin", "x86_64"),
];
/// The first and a late release of each minor version: markers may ask for either.
const PATCHES: [u8; 2] = [0, 99];

/// CPython of some minor versions on Linux and macOS.
#[derive(Debug)]
pub struct Target {
    /// Minor version, late release or not, and the environment.
    environments: Vec<(u8, MarkerEnvironment)>,
    /// The minor versions, each once.
    pythons: BTreeSet<u8>,
    /// What was evaluated before: a question comes from hundreds of packages.
    evaluated: RefCell<BTreeMap<(Marker, BTreeSet<Choice>), Places>>,
    /// The same of [`Target::may`].
    possible: RefCell<BTreeMap<MarkerExpression, Places>>,
    /// The same of `Requires-Python`, by its text.
    supported: RefCell<BTreeMap<String, (bool, bool)>>,
}

impl Default for Target {
    fn default() -> Self {
        Self::new(&PYTHONS)
    }
}

impl Target {
    /// CPython 3 of these minor versions, at most seven of them.
    pub fn new(pythons: &[u8]) -> Self {
        let mut environments = Vec::new();
        for python in pythons.iter().take(7) {
            for patch in PATCHES {
                let (short, full) = (format!("3.{python}"), format!("3.{python}.{patch}"));
                let built = PLATFORMS.iter().filter_map(|(platform, system, machine)| {
                    MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
                        implementation_name: "cpython",
                        implementation_version: &full,
                        os_name: "posix",
                        platform_machine: machine,
                        platform_python_implementation: "CPython",
                        platform_release: "",
                        platform_system: system,
                        platform_version: "",
                        python_full_version: &full,
                        python_version: &short,
                        sys_platform: platform,
                    })
                    .ok()
                });
                environments.extend(built.map(|environment| (*python, environment)));
            }
        }
        let pythons = environments.iter().map(|(python, _)| *python).collect();
        Self {
            environments,
            pythons,
            evaluated: RefCell::default(),
            possible: RefCell::default(),
            supported: RefCell::default(),
        }
    }

    /// The minor versions, each once.
    pub fn pythons(&self) -> &BTreeSet<u8> {
        &self.pythons
    }

    /// When its interpreter came out; of several, the middle one: build tools of that time know the older ones, and the
    /// table of breaks has what the newer ones need.
    pub fn came_out(&self) -> Option<Timestamp> {
        let dates = CAME_OUT.iter().filter(|(minor, _)| self.pythons.contains(minor));
        let dates: Vec<Date> = dates.map(|(_, date)| *date).collect();
        let middle = dates.get(dates.len().checked_sub(1)? / 2)?;
        Some(middle.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }

    /// Every environment.
    pub fn all(&self) -> Places {
        self.those(|_, _| true)
    }

    /// The environments of one minor version.
    pub fn python(&self, minor: u8) -> Places {
        self.those(|python, _| python == minor)
    }

    /// The environments in which a marker holds, with these extras asked for.
    pub fn when(&self, marker: &Marker, chosen: &BTreeSet<Choice>) -> Places {
        if marker.is_always() {
            return self.all();
        }
        let key = (marker.clone(), chosen.clone());
        if let Some(known) = self.evaluated.borrow().get(&key) {
            return *known;
        }
        let places = self.those(|_, environment| marker.holds(Context { environment, chosen }));
        self.evaluated.borrow_mut().insert(key, places);
        places
    }

    /// The environments in which a marker may hold, with these extras asked for, where each stands for all that emitted
    /// code may be evaluated for: any release of the minor version, PyPy, a machine that is not named here. What uv
    /// encodes as extras of one project among several may hold too.
    pub fn may(&self, marker: &Marker, chosen: &BTreeSet<Choice>) -> Places {
        self.as_chosen(marker, chosen, true)
    }

    /// The same for these environments alone.
    pub fn does(&self, marker: &Marker, chosen: &BTreeSet<Choice>) -> Places {
        self.as_chosen(marker, chosen, false)
    }

    fn as_chosen(&self, marker: &Marker, chosen: &BTreeSet<Choice>, stands_for_more: bool) -> Places {
        let each = |part: &Marker| self.as_chosen(part, chosen, stands_for_more);
        match marker {
            Marker::All(parts) => parts.iter().map(each).fold(self.all(), |all, one| all & one),
            Marker::Any(parts) => parts.iter().map(each).fold(0, |any, one| any | one),
            Marker::Is(Test::Environment(_)) if !stands_for_more => self.when(marker, &BTreeSet::new()),
            Marker::Is(Test::Environment(test)) => {
                let known = self.possible.borrow().get(test).copied();
                known.unwrap_or_else(|| {
                    let places = self.possible(test);
                    self.possible.borrow_mut().insert(test.clone(), places);
                    places
                })
            }
            Marker::Is(Test::Choice {
                choice: choice @ (Choice::Extra(_) | Choice::Group(_)),
                chosen: wanted,
            }) => {
                if chosen.contains(choice) == *wanted {
                    self.all()
                } else {
                    0
                }
            }
            Marker::Is(Test::Choice { .. }) => self.all(),
        }
    }

    fn possible(&self, test: &MarkerExpression) -> Places {
        use MarkerValueString::{
            ImplementationName, PlatformMachine, PlatformMachineDeprecated, PlatformPythonImplementation,
            PlatformPythonImplementationDeprecated, PythonImplementationDeprecated,
        };
        let tree = MarkerTree::expression(test.clone());
        let holds = |environment: &MarkerEnvironment| tree.evaluate(environment, &[]);
        match test {
            MarkerExpression::Version { key, .. } | MarkerExpression::VersionIn { key, .. } => match key {
                MarkerValueVersion::PythonVersion => self.those(|_, at| holds(at)),
                MarkerValueVersion::PythonFullVersion => {
                    let minors = self.pythons.iter().filter(|minor| {
                        let here = self.environments.iter().find(|(python, _)| python == *minor);
                        here.is_some_and(|(_, at)| {
                            releases(**minor).any(|full| holds(&at.clone().with_python_full_version(full)))
                        })
                    });
                    minors.fold(0, |places, minor| places | self.python(*minor))
                }
                // PyPy's own has nothing to do with the language's.
                MarkerValueVersion::ImplementationVersion => self.all(),
            },
            MarkerExpression::String { key, value, .. } => match key {
                ImplementationName
                | PlatformPythonImplementation
                | PlatformPythonImplementationDeprecated
                | PythonImplementationDeprecated => self.those(|_, at| {
                    let pypy = at.clone().with_implementation_name("pypy");
                    holds(at) || holds(&pypy.with_platform_python_implementation("PyPy"))
                }),
                PlatformMachine | PlatformMachineDeprecated
                    if !PLATFORMS.iter().any(|(_, _, machine)| machine == value) =>
                {
                    self.all()
                }
                _ => self.those(|_, at| holds(at)),
            },
            MarkerExpression::Extra { .. } => self.all(),
        }
    }

    /// Whether the oldest of the interpreters may use a release, and whether any may. Upper bounds of newer ones are
    /// guesses of their authors: they rule nothing out. Text that cannot be read is ignored, as pip does.
    pub fn supported(&self, requires_python: &str) -> (bool, bool) {
        if let Some(known) = self.supported.borrow().get(requires_python) {
            return *known;
        }
        let range = foreign::specifiers(requires_python).ok();
        let allows = |minor: &u8| {
            let late = Version::new([3, u64::from(*minor), 99]);
            range.as_ref().is_none_or(|range| range.contains(&late))
        };
        let found = (self.pythons.first().is_some_and(allows), self.pythons.iter().any(allows));
        self.supported.borrow_mut().insert(requires_python.to_owned(), found);
        found
    }

    /// Whether a wheel is for any of the environments, as far as its tags (PEP 425) tell it without the system's
    /// libraries.
    pub fn takes(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Wheel { tags, .. } if tags::fits(tags, &self.pythons))
    }

    fn those(&self, holds: impl Fn(u8, &MarkerEnvironment) -> bool) -> Places {
        let these = self.environments.iter().enumerate().filter(|(_, (python, at))| holds(*python, at));
        these.fold(0, |places, (bit, _)| places | 1 << bit)
    }
}

/// The releases of a minor version, as far as markers tell them apart.
pub fn releases(minor: u8) -> impl Iterator<Item = Version> {
    (0..=u64::from(PATCHES[1])).map(move |patch| Version::new([3, u64::from(minor), patch]))
}

/// The marker with what was chosen put in: only the environment is left to ask.
pub fn settled(marker: &Marker, chosen: &BTreeSet<Choice>) -> Marker {
    let never = |marker: &Marker| matches!(marker, Marker::Any(parts) if parts.is_empty());
    match marker {
        Marker::Is(Test::Choice { choice, chosen: wanted }) => {
            if chosen.contains(choice) == *wanted {
                Marker::ALWAYS
            } else {
                Marker::Any(Vec::new())
            }
        }
        Marker::Is(Test::Environment(_)) => marker.clone(),
        Marker::All(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| settled(part, chosen)).collect();
            if parts.iter().any(never) { Marker::Any(Vec::new()) } else { Marker::all(parts) }
        }
        Marker::Any(parts) => {
            Marker::any(parts.iter().map(|part| settled(part, chosen)).filter(|part| !never(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::PyName;

    fn places(target: &Target, marker: &str) -> u32 {
        target.when(&Marker::parse(marker).unwrap(), &BTreeSet::new()).count_ones()
    }

    #[test]
    fn where_markers_hold() {
        let target = Target::default();
        assert_eq!(target.all().count_ones(), 90);
        for (marker, count) in [
            ("python_version < '3.11'", 0),
            ("python_version >= '3.8'", 90),
            ("python_version < '3.12'", 18),
            ("python_full_version < '3.11.1'", 9),
            ("sys_platform == 'win32'", 0),
            ("sys_platform == 'darwin'", 20),
            ("platform_python_implementation == 'PyPy'", 0),
            ("extra == 'x'", 0),
        ] {
            assert_eq!(places(&target, marker), count, "{marker}");
        }
        assert_eq!(target.python(12).count_ones(), 18);
    }

    #[test]
    fn where_markers_may_hold() {
        let target = Target::new(&[11, 12]);
        let everywhere = target.all().count_ones();
        assert_eq!(everywhere, 36);
        for (marker, count) in [
            ("python_version < '3.12'", 18),
            ("python_full_version == '3.12.4'", 18),
            ("python_full_version >= '3.11.2' and python_full_version < '3.11.9'", 18),
            ("python_full_version < '3.11'", 0),
            ("platform_python_implementation == 'PyPy'", everywhere),
            ("platform_python_implementation == 'CPython'", everywhere),
            ("implementation_name == 'pypy' and sys_platform == 'darwin'", 8),
            ("implementation_name == 'jython'", 0),
            ("implementation_version < '3'", everywhere),
            ("platform_machine == 'loongarch64'", everywhere),
            ("platform_machine == 'riscv64'", 4),
            ("platform_machine != 'riscv64'", 32),
            ("sys_platform == 'win32'", 0),
            ("extra == 'x'", 0),
            ("extra == 'extra-1-a-x'", everywhere),
        ] {
            let places = target.may(&Marker::parse(marker).unwrap(), &BTreeSet::new());
            assert_eq!(places.count_ones(), count, "{marker}");
        }
    }

    #[test]
    fn requires_python() {
        let target = Target::default();
        let supported = |text: &str| target.supported(text);
        assert_eq!(supported(">=3.8,<3.13"), (true, true));
        assert_eq!(supported(">=3.12"), (false, true));
        assert_eq!(supported("<3"), (false, false));
    }

    #[test]
    fn which_wheels_fit() {
        let target = Target::new(&[12, 13]);
        let takes = |file: &str| {
            let name = PyName::new("a").unwrap();
            target.takes(&crate::python::filename::parse(&name, file).unwrap().1)
        };
        for (file, fits) in [
            ("a-1-py3-none-any.whl", true),
            ("a-1-py2.py3-none-any.whl", true),
            ("a-1-py2-none-any.whl", false),
            ("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", true),
            ("a-1-cp311-cp311-manylinux_2_17_x86_64.whl", false),
            ("a-1-cp38-abi3-manylinux_2_17_x86_64.whl", true),
            ("a-1-cp314-abi3-manylinux_2_17_x86_64.whl", false),
            ("a-1-py3-none-macosx_11_0_arm64.whl", true),
            ("a-1-py3-none-win_amd64.whl", false),
            ("a-1.tar.gz", false),
        ] {
            assert_eq!(takes(file), fits, "{file}");
        }
    }

    #[test]
    fn extras_are_settled() {
        let chosen = BTreeSet::from([Choice::Extra(PyName::new("x").unwrap())]);
        let settled = |text: &str| settled(&Marker::parse(text).unwrap(), &chosen).to_string();
        assert_eq!(settled("extra == 'x' and python_version < '3.12'"), "python_version < '3.12'");
        assert_eq!(settled("extra == 'y' and python_version < '3.12'"), "python_version < '0'");
        assert_eq!(settled("extra == 'y' or sys_platform == 'linux'"), "sys_platform == 'linux'");
        assert_eq!(settled("extra == 'x'"), "");
    }
}
