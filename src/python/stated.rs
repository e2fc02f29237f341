//! What pyproject.toml states that a project requires, where no build may make something else of it: the table
//! `[project]` (PEP 621), and Poetry's own.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use pep508_rs::MarkerTree;
use toml::Value;
use version_ranges::Ranges;

use super::build_system::strings;
use super::requirement::What;
use super::{BuildSystem, CoreMetadata, Requirement, constraint};
use crate::foreign;
use crate::python::PyName;
use crate::python::marker::diagram::{self, Cells};
use crate::python::marker::{Choice, Marker, Test};

/// The requirements that a project states. `None`: its build has a say in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    pub always: Option<Vec<Need>>,
    /// Those of its extras.
    pub of_extras: Option<Vec<Need>>,
    /// `Requires-Python`, where `[project]` has it.
    pub python: Option<VersionSpecifiers>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    name: PyName,
    extras: BTreeSet<PyName>,
    allowed: Allowed,
    /// `None`: when it applies, Poetry says in more words than one.
    marker: Option<Marker>,
}

/// Which versions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Allowed {
    /// Any of these.
    Versions(Vec<VersionSpecifiers>),
    Url(String),
    /// Poetry's for a folder or a commit: what a wheel says of it, the build decides.
    Unknown,
}

impl Stated {
    pub fn read(system: &BuildSystem) -> Self {
        // A backend of the project's own can do anything.
        if !system.backend_path.is_empty() {
            return Self::default();
        }
        let is_poetry = system.module().starts_with("poetry");
        // setuptools has filled in what [project] leaves out from setup.py and setup.cfg, Poetry from its own table.
        let adds = is_poetry || system.is_setuptools();
        let (has_project, dynamic) =
            (system.value(&["project"]).is_some(), system.list(&["project", "dynamic"]));
        // It adds the extras of a lockfile, whatever is stated.
        let locked = system.requires.iter().any(|text| text.starts_with("pdm-build-locked"));
        let open = |field: &str| {
            let is_left = dynamic.iter().any(|one| one == field);
            is_left
                || locked && field == "optional-dependencies"
                || adds && system.value(&["project", field]).is_none()
        };
        let of_poetry = if is_poetry {
            system.value(&["tool", "poetry", "dependencies"]).and_then(of_table)
        } else {
            None
        };
        let always = || needs(system.value(&["project", "dependencies"]), None);
        let always = (has_project && !open("dependencies")).then(always).flatten();
        let of_extras = || of_extras(system);
        let of_extras = (has_project && !open("optional-dependencies")).then(of_extras).flatten();
        let python = system.value(&["project", "requires-python"]).and_then(Value::as_str);
        Self {
            always: always.or_else(|| of_poetry.clone()),
            // Which of its own are for extras, Poetry says elsewhere.
            of_extras: of_extras.or(of_poetry),
            python: python.and_then(|text| foreign::specifiers(text).ok()),
        }
    }

    /// What metadata says for certain (PEP 643).
    pub fn of(metadata: &CoreMetadata) -> Self {
        if metadata.may_change("requires-dist") {
            return Self::default();
        }
        let all: Option<Vec<Need>> =
            metadata.requires_dist.iter().map(|text| Need::read(text, None)).collect();
        Self { always: all.clone(), of_extras: all, python: None }
    }

    /// Whether a requirement is one that is stated; `None` where that is open.
    pub fn has(&self, requirement: &Requirement) -> Option<bool> {
        let of_extra = requirement.marker.asks_for_extras();
        let needs = if of_extra { &self.of_extras } else { &self.always };
        Some(needs.as_ref()?.iter().any(|need| need.is(requirement)))
    }
}

/// `None` where one of them cannot be read; an absent list is an empty one.
fn needs(list: Option<&Value>, extra: Option<&PyName>) -> Option<Vec<Need>> {
    let Some(list) = list else { return Some(Vec::new()) };
    strings(Some(list))?.iter().map(|text| Need::read(text, extra)).collect()
}

/// Those of each extra, and of the extras that it names of the project itself: hatchling writes these out.
fn of_extras(system: &BuildSystem) -> Option<Vec<Need>> {
    let Some(tables) = system.value(&["project", "optional-dependencies"]) else { return Some(Vec::new()) };
    let own =
        system.value(&["project", "name"]).and_then(Value::as_str).and_then(|name| PyName::new(name).ok());
    let tables: BTreeMap<PyName, &Value> = tables
        .as_table()?
        .iter()
        .map(|(extra, list)| Some((PyName::new(extra).ok()?, list)))
        .collect::<Option<_>>()?;
    let mut found = Vec::new();
    for extra in tables.keys() {
        let (mut open, mut seen) = (vec![extra], BTreeSet::from([extra]));
        while let Some(from) = open.pop() {
            let needs = needs(tables.get(from).copied(), Some(extra))?;
            let named = needs.iter().filter(|need| Some(&need.name) == own.as_ref());
            for (name, _) in named
                .flat_map(|need| &need.extras)
                .filter_map(|extra| tables.get_key_value(extra))
                .collect::<Vec<_>>()
            {
                if seen.insert(name) {
                    open.push(name);
                }
            }
            found.extend(needs);
        }
    }
    Some(found)
}

/// Poetry's table: name to a constraint, a table with one, or a list of these.
fn of_table(table: &Value) -> Option<Vec<Need>> {
    let mut found = Vec::new();
    for (name, value) in table.as_table()?.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("python")) {
        let name = PyName::new(name).ok()?;
        let each: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        for value in each {
            let listed = strings(value.get("extras")).unwrap_or_default();
            let extras = listed.iter().map(|extra| PyName::new(extra).ok()).collect::<Option<_>>()?;
            let constraint = value.as_str().or_else(|| value.get("version")?.as_str());
            let allowed = match constraint {
                Some(text) => Allowed::Versions(constraint::parse(text)?),
                None => Allowed::Unknown,
            };
            found.push(Need { name: name.clone(), extras, allowed, marker: None });
        }
    }
    Some(found)
}

impl Allowed {
    fn of(what: &What) -> Self {
        match what {
            What::Versions(specifiers) => Self::Versions(vec![specifiers.clone()]),
            What::Url(url) => Self::Url(url.clone()),
        }
    }

    fn is(&self, what: &What) -> bool {
        match (self, what) {
            (Self::Unknown, _) => true,
            (Self::Url(ours), What::Url(theirs)) => ours == theirs,
            (Self::Versions(any), What::Versions(theirs)) => is_same_range(any, theirs),
            _ => false,
        }
    }
}

impl Need {
    /// Of an extra, where there is one.
    fn read(text: &str, extra: Option<&PyName>) -> Option<Self> {
        let Requirement { name, extras, what, marker } = Requirement::parse(text).ok()?;
        let of_extra = |extra: &PyName| {
            let choice = Choice::Extra(extra.clone());
            Marker::Is(Test::Choice { choice, chosen: true })
        };
        let marker = extra.map(of_extra).into_iter().fold(marker, Marker::and);
        Some(Self { name, extras, allowed: Allowed::of(&what), marker: Some(marker) })
    }

    fn is(&self, requirement: &Requirement) -> bool {
        let when = || self.marker.as_ref().is_none_or(|marker| is_same(marker, &requirement.marker));
        self.name == requirement.name
            && self.extras == requirement.extras
            && self.allowed.is(&requirement.what)
            && when()
    }
}

/// Whether the same versions are allowed, in whatever words: `^1.2` and `>=1.2,<2.0`.
pub fn is_same_range(any: &[VersionSpecifiers], other: &VersionSpecifiers) -> bool {
    let of = |range: fn(VersionSpecifiers) -> Ranges<Version>| {
        let all = any.iter().cloned().map(range).fold(Ranges::empty(), |all, one| all.union(&one));
        all == range(other.clone())
    };
    // `==1.2.*` allows pre-releases of 1.2 that `>=1.2,<1.3` does not: a matter of words where none is named.
    let names_none =
        any.iter().chain([other]).flat_map(|some| some.iter()).all(|one| !one.version().any_prerelease());
    of(Ranges::from) || names_none && of(release_specifiers_to_ranges)
}

/// Whether two markers hold in the same environments, and with the same extras.
fn is_same(left: &Marker, right: &Marker) -> bool {
    let mut cells = Cells::default();
    cells.add(left);
    cells.add(right);
    if left == right || cells.check().is_err() {
        return left == right;
    }
    let mut extras = BTreeSet::new();
    extras_of(left, &mut extras);
    extras_of(right, &mut extras);
    // With none of them, and with each of them alone: no requirement is for two at once.
    let with = |marker: &Marker, chosen: Option<&PyName>| {
        let holds = |choice: &Choice, wanted: bool| {
            let is_chosen = matches!(choice, Choice::Extra(extra) if Some(extra) == chosen);
            if is_chosen == wanted { MarkerTree::TRUE } else { MarkerTree::FALSE }
        };
        diagram::of(marker, &holds)
    };
    let mut choices = extras.into_iter().map(Some).chain([None]);
    choices.all(|chosen| with(left, chosen) == with(right, chosen))
}

fn extras_of<'m>(marker: &'m Marker, found: &mut BTreeSet<&'m PyName>) {
    match marker {
        Marker::All(parts) | Marker::Any(parts) => parts.iter().for_each(|part| extras_of(part, found)),
        Marker::Is(Test::Choice { choice: Choice::Extra(extra), .. }) => _ = found.insert(extra),
        Marker::Is(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(pyproject: &str, requirement: &str) -> Option<bool> {
        let system = BuildSystem::read(Some(pyproject)).unwrap();
        Stated::read(&system).has(&Requirement::parse(requirement).unwrap())
    }

    fn project(backend: &str, rest: &str) -> String {
        format!("[build-system]\nrequires = []\nbuild-backend = '{backend}'\n[project]\nname = 'a'\n{rest}")
    }

    #[test]
    fn in_whatever_words() {
        let toml = project(
            "hatchling.build",
            "dependencies = ['Foo_Bar [Y,x] >=1.2, <2.0', 'b ; python_version < \"3.9\" and os_name == \"nt\"', \
             'c (==1.2.*)', 'd @ https://example.org/d.zip']\n[project.optional-dependencies]\n\
             Test_It = ['e>=1; os_name == \"nt\"', 'a[more]']\nmore = ['f']\n",
        );
        for requirement in [
            "foo-bar[x,y]<2,>=1.2.0",
            "b; os_name == 'nt' and python_full_version < '3.9'",
            "c>=1.2,<1.3",
            "d @ https://example.org/d.zip",
            "e>=1; os_name == 'nt' and extra == 'test-it'",
            "e>=1; extra == 'Test_It' and os_name == 'nt'",
            "a[more]; extra == 'test_it'",
            // hatchling writes out what an extra has from another one.
            "f; extra == 'test-it'",
            "f; extra == 'more'",
        ] {
            assert_eq!(has(&toml, requirement), Some(true), "{requirement}");
        }
        for requirement in [
            "evil",
            "evil; extra == 'more'",
            "foo-bar>=1.2,<2",
            "foo-bar[x,y]==1.2",
            "foo-bar[x,y]>=1.2",
            "b",
            "b; python_version < '3.9'",
            "c==1.2b1",
            "d",
            "d @ https://example.org/evil.zip",
            "e>=1; os_name == 'nt'",
            "e>=1; extra == 'test-it'",
            "e>=1; os_name == 'nt' and extra == 'more'",
            "f",
            "f; extra == 'test-it' or os_name == 'nt'",
        ] {
            assert_eq!(has(&toml, requirement), Some(false), "{requirement}");
        }
    }

    #[test]
    fn in_poetrys_words() {
        let toml = "[build-system]\nrequires = []\nbuild-backend = 'poetry.core.masonry.api'\n\
            [tool.poetry.dependencies]\npython = '^3.9'\nb = '^1.2'\nc = { version = '*', extras = ['x'], \
            python = '<3.10' }\nd = [{ version = '1' , python = '<3.10' }, { version = '~2.1' }]\n\
            e = { version = '>=1', optional = true }\nf = { git = 'https://example.org/f' }\n";
        for (requirement, expected) in [
            ("b>=1.2,<2.0", true),
            ("b (>=1.2,<2.0)", true),
            ("b>=1.2", false),
            ("c[x]; python_version < '3.10'", true),
            ("d==1; python_version < '3.10'", true),
            ("d>=2.1,<2.2", true),
            ("d>=2.1,<3", false),
            ("e>=1; extra == 'e'", true),
            ("f @ git+https://example.org/f", true),
            ("python", false),
            ("evil", false),
        ] {
            assert_eq!(has(toml, requirement), Some(expected), "{requirement}");
        }
    }

    #[test]
    fn what_the_build_has_a_say_in() {
        for (backend, rest, always, of_extras) in [
            ("hatchling.build", "", Some(false), Some(false)),
            ("hatchling.build", "dynamic = ['dependencies']", None, Some(false)),
            ("hatchling.build", "dynamic = ['optional-dependencies']", Some(false), None),
            ("hatchling.build", "dependencies = ['no requirement at all']", None, Some(false)),
            ("setuptools.build_meta", "", None, None),
            ("setuptools.build_meta", "dependencies = []", Some(false), None),
            ("poetry.core.masonry.api", "dependencies = []", Some(false), None),
            ("own'\nbackend-path = ['.']\nother = '", "dependencies = []", None, None),
        ] {
            let toml = project(backend, rest);
            assert_eq!(has(&toml, "b"), always, "{toml}");
            assert_eq!(has(&toml, "b; extra == 'x'"), of_extras, "{toml}");
        }
        assert_eq!(has("", "b"), None);
    }
}
