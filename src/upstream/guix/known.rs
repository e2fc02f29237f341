//! What Guix has already of what is packaged: an update keeps its variable, name and module.

use std::cmp::Ordering;

use super::commit::Change;
use super::listing::{Listing, Row};
use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::plain;
use crate::foreign;
use crate::python::{PyName, PyVersion};
use crate::source::address;
use crate::source::repository::Repository;

/// What is packaged.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub ecosystem: Ecosystem,
    /// By upstream's name.
    pub name: &'a str,
    pub version: String,
    /// Where its source is from, if that is a repository.
    pub repository: Option<&'a Repository>,
}

/// The definition that Guix has of it, and one sentence for each thing that a reader must know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known<'a> {
    pub row: Option<&'a Row>,
    pub notes: Vec<String>,
}

/// How surely a definition is of the same project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    /// It says so, or is from the same repository.
    Sure,
    /// It has the name that Guix gives to packages of the project, and says nothing else.
    Name,
}

/// Looks it up. Of several definitions it is the one of the variable that is `wanted`, or else the one that a package
/// would take which asks for no version ([`Listing::all`]).
pub fn known<'a>(listing: &'a Listing, subject: &Subject<'_>, wanted: Option<&str>) -> Known<'a> {
    let all = listing.all(subject.ecosystem, subject.name);
    let mut rows: Vec<_> = all.into_iter().filter_map(|row| Some((row, subject.evidence(row)?))).collect();
    let at = rows.iter().position(|(row, _)| wanted.is_none_or(|wanted| row.variable == wanted));
    let chosen = at.map(|at| rows.remove(at));
    let mut notes = Vec::new();
    if let Some((row, evidence)) = chosen {
        notes.push(subject.told(row));
        if evidence == Evidence::Name {
            let from = match row.address.as_str() {
                "" => "does not say where it is from".to_owned(),
                address => format!("is from {address}"),
            };
            notes.push(format!(
                "{} is taken for it by its name, and {from}: look whether it is the same project",
                row.variable
            ));
        }
    }
    let others: Vec<String> =
        rows.iter().map(|(row, _)| format!("{} {}", row.variable, row.version)).collect();
    match (chosen, rows.first()) {
        (_, None) => {}
        (Some(_), Some((first, _))) => notes.push(format!(
            "Guix has {} of it as well: --name {} writes that one",
            others.join(", "),
            first.variable
        )),
        (None, Some(_)) => notes.push(format!(
            "Guix has {} of it already, and --name makes another definition",
            others.join(", ")
        )),
    }
    Known { row: chosen.map(|(row, _)| row), notes }
}

/// What is to be said of a variable or a name that Guix has for something else.
pub fn taken(listing: &Listing, variable: &str, name: &str) -> Option<String> {
    let row = listing.variable(variable).or_else(|| listing.named(name).next())?;
    Some(format!(
        "Guix calls {} {}, in ({}), and nothing shows that it is the same project: if it is not, give another --name",
        row.variable, row.version, row.module
    ))
}

impl Subject<'_> {
    /// What is to be done with Guix's definition.
    pub fn change(&self, row: &Row) -> Change {
        match order(self.ecosystem, &row.version, &self.version) {
            Some(Ordering::Equal | Ordering::Greater) => Change::Nothing,
            Some(Ordering::Less) | None => Change::Update,
        }
    }

    fn told(&self, row: &Row) -> String {
        let has = format!("Guix has {} {}, in ({})", row.variable, row.version, row.module);
        match order(self.ecosystem, &row.version, &self.version) {
            Some(Ordering::Equal) => format!("{has}: the same version, so there is nothing to commit"),
            Some(Ordering::Greater) => format!("{has}: that is newer, so there is nothing to commit"),
            order => {
                let doubt = if order.is_none() { " (look which of the two is newer)" } else { "" };
                format!(
                    "{has}{doubt}: this takes its place, so compare the two: people may have added what upstream does not say"
                )
            }
        }
    }

    fn evidence(&self, row: &Row) -> Option<Evidence> {
        let is_of = |repository: &Repository| {
            let other = address::parse(&row.address).ok().map(|address| address.repository.0);
            other.is_some_and(|other| other.eq_ignore_ascii_case(&repository.0))
        };
        if row.says(self.ecosystem, self.name) {
            let is_part = self.ecosystem == Ecosystem::Python && self.is_part(row);
            return (!is_part).then_some(Evidence::Sure);
        }
        if self.repository.is_some_and(is_of) {
            return Some(Evidence::Sure);
        }
        (row.name == plain(self.ecosystem, self.name)).then_some(Evidence::Name)
    }

    /// `python-flit-core` or `python-numpy-documentation`, which are made from the archive of `flit` or `numpy`, and are
    /// other packages. `python-django-4` is none of them.
    fn is_part(&self, row: &Row) -> bool {
        let project =
            PyName::new(self.name).map_or_else(|_| self.name.to_owned(), |name| name.as_str().to_owned());
        let bare = row.name.strip_prefix("python-").unwrap_or(&row.name);
        let rest =
            [&row.name, bare].into_iter().find_map(|name| name.strip_prefix(&project)?.strip_prefix('-'));
        rest.is_some_and(|rest| !rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    }
}

/// How Guix's version stands to another; `None` where nobody can tell: its own is a commit after that release.
fn order(ecosystem: Ecosystem, guix: &str, other: &str) -> Option<Ordering> {
    let release = of_commit(guix).unwrap_or(guix);
    let order = match ecosystem {
        Ecosystem::Npm => foreign::npm_version(release)?.cmp(&foreign::npm_version(other)?),
        Ecosystem::Python => PyVersion::new(release).ok()?.cmp(&PyVersion::new(other).ok()?),
    };
    (order != Ordering::Equal || release == guix).then_some(order)
}

/// The release that `git-version` begins with: `1.2` of `1.2-0.1234567`.
fn of_commit(version: &str) -> Option<&str> {
    let (release, rest) = version.rsplit_once('-')?;
    let (revision, commit) = rest.split_once('.')?;
    let is_commit = commit.len() == 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_commit && revision.bytes().all(|byte| byte.is_ascii_digit())).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "\
package\tpython-cookiecutter\tpython-cookiecutter\t2.6.0\tgnu packages python-xyz\tpyproject\t\thttps://github.com/cookiecutter/cookiecutter\t
package\tglances\tglances\t4.3.0\tgnu packages admin\tpyproject\t\thttps://github.com/Nicolargo/glances\t
package\tmeson\tmeson\t1.5\tgnu packages build-tools\tpython\t\thttps://github.com/mesonbuild/meson/releases/download/1.5/meson-1.5.tar.gz\t
package\tpython-moved\tpython-moved\t1.0\tgnu packages python-web\tpyproject\t\thttps://github.com/old/moved\t
package\tother\tother\t1.0\tgnu packages games\tpyproject\t\thttps://github.com/some/game\t
package\tpython-foo\tpython-foo\t1.0\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/b/bar/bar-1.0.tar.gz\t
package\tpython-numpy-2\tpython-numpy\t2.3.1\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-numpy-documentation\tpython-numpy-documentation\t1.26.4\tgnu packages python-xyz\tgnu\tnumpy\t\t
package\tpython-numpy\tpython-numpy\t1.26.4\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-flit-core\tpython-flit-core\t3.8\tgnu packages python-build\tpyproject\t\thttps://e.org/packages/source/f/flit/flit-3.8.tar.gz\t
package\tpython-django-4\tpython-django-4\t4.2\tgnu packages django\tpyproject\t\thttps://e.org/packages/source/d/django/django-4.2.tar.gz\t
package\tpython-meson-python\tpython-meson-python\t0.15\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/m/meson_python/meson_python-0.15.tar.gz\t
package\tnode-ms\tnode-ms\t2.1.3\tgnu packages node-xyz\tnode\t\thttps://github.com/vercel/ms\t
package\tnode-core\tnode-core\t1.0.0\tgnu packages node-xyz\tnode\t@a/core\t\t
";

    #[test]
    fn the_definition_that_guix_has() {
        let listing = Listing::read(LISTED);
        let python = (Ecosystem::Python, "https://github.com/o/r");
        for ((ecosystem, repository), name, expected, noted) in [
            (
                (Ecosystem::Python, "https://github.com/cookiecutter/cookiecutter"),
                "cookiecutter",
                "python-cookiecutter",
                "",
            ),
            ((Ecosystem::Python, "https://github.com/nicolargo/glances"), "glances", "glances", ""),
            (python, "moved", "python-moved", "by its name, and is from https://github.com/old/moved"),
            ((Ecosystem::Python, "https://github.com/mesonbuild/meson"), "meson", "meson", ""),
            // A bare name is nobody's by rule.
            (python, "other", "", ""),
            (python, "glances", "", ""),
            // Of that name, and of another project.
            (python, "foo", "", ""),
            (python, "bar", "python-foo", ""),
            (python, "numpy", "python-numpy", "has python-numpy-2 2.3.1 of it as well"),
            (python, "flit", "", ""),
            (python, "django", "python-django-4", ""),
            (python, "meson-python", "python-meson-python", ""),
            (python, "flit-core", "python-flit-core", "by its name"),
            ((Ecosystem::Npm, "https://github.com/vercel/ms"), "ms", "node-ms", ""),
            ((Ecosystem::Npm, "https://github.com/x/y"), "@a/core", "node-core", ""),
            ((Ecosystem::Npm, "https://github.com/x/y"), "core", "", ""),
        ] {
            let repository = Repository(repository.to_owned());
            let subject =
                Subject { ecosystem, name, version: "9.0.0".to_owned(), repository: Some(&repository) };
            let Known { row, notes } = known(&listing, &subject, None);
            assert_eq!(row.map_or("", |row| row.variable.as_str()), expected, "{name}");
            assert_eq!(notes.len(), usize::from(row.is_some()) + usize::from(!noted.is_empty()), "{notes:?}");
            assert!(notes.last().is_none_or(|note| note.contains(noted)), "{notes:?}");
        }
        let none = Subject {
            ecosystem: Ecosystem::Python,
            name: "moved",
            version: "2".to_owned(),
            repository: None,
        };
        assert_eq!(known(&listing, &none, None).notes.len(), 2);
        let numpy = Subject { name: "numpy", ..none };
        for (wanted, expected, noted) in [
            ("python-numpy-2", "python-numpy-2", "has python-numpy 1.26.4 of it as well"),
            ("python-numpy-3", "", "has python-numpy 1.26.4, python-numpy-2 2.3.1 of it already, and --name"),
        ] {
            let Known { row, notes } = known(&listing, &numpy, Some(wanted));
            assert_eq!(row.map_or("", |row| row.variable.as_str()), expected);
            assert!(notes.last().is_some_and(|note| note.contains(noted)), "{notes:?}");
        }
    }

    #[test]
    fn names_of_something_else() {
        let listing = Listing::read(LISTED);
        assert!(taken(&listing, "other", "other").is_some_and(|note| note.contains("(gnu packages games)")));
        assert!(taken(&listing, "new", "python-numpy").is_some());
        assert_eq!(taken(&listing, "new", "new"), None);
    }

    #[test]
    fn older_the_same_and_newer() {
        for (ecosystem, guix, version, expected) in [
            (Ecosystem::Python, "2.6.0", "2.7.1", Change::Update),
            (Ecosystem::Python, "2024.10.09", "2024.10.9", Change::Nothing),
            (Ecosystem::Python, "8.10", "8.9", Change::Nothing),
            (Ecosystem::Python, "1.0rc1", "1.0", Change::Update),
            (Ecosystem::Python, "1.2-0.abcdef1", "1.3", Change::Update),
            (Ecosystem::Python, "1.2-0.abcdef1", "1.1", Change::Nothing),
            (Ecosystem::Python, "1.2-0.abcdef1", "1.2", Change::Update),
            (Ecosystem::Python, "unknown", "1.2", Change::Update),
            (Ecosystem::Npm, "4.3.3", "4.10.0", Change::Update),
            (Ecosystem::Npm, "4.3.3", "4.3.3", Change::Nothing),
            (Ecosystem::Npm, "1.0.0-0.abcdef1", "0.9.0", Change::Nothing),
        ] {
            let subject = Subject { ecosystem, name: "x", version: version.to_owned(), repository: None };
            let listing = Listing::read(&format!("package\tx\tx\t{guix}\tgnu packages x\tgnu\t\t\t"));
            let row = listing.variable("x").unwrap();
            assert_eq!(subject.change(row), expected, "{guix} {version}");
            let told = subject.told(row);
            assert_eq!(told.contains("nothing to commit"), expected == Change::Nothing, "{told}");
            let is_open = ["1.2-0.abcdef1", "unknown"].contains(&guix) && version == "1.2";
            assert_eq!(told.contains("which of the two"), is_open, "{told}");
        }
    }
}
