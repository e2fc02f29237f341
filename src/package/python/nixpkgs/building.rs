//! The build of a Python package, in nixpkgs' words.

use super::over::{Over, Ruled};
use crate::package::python::Subject;
use crate::plan::python::tables;
use crate::python::Requirement;
use crate::python::requirement::What;
use crate::upstream::nixpkgs::python::list::List;
use crate::upstream::nixpkgs::python::{Edit, Reason};
use crate::upstream::python::build::{Need, Version};

/// What the file says of the build.
#[derive(Default)]
pub(super) struct Building {
    pub(super) system: List,
    pub(super) programs: Vec<String>,
    pub(super) edits: Vec<Edit>,
    pub(super) other_version: Option<(String, String)>,
    pub(super) keeps_configure: Vec<&'static str>,
    pub(super) doubt: Option<String>,
}

/// Programs of which `python3Packages` has a package that brings them.
const IN_PYTHON: [&str; 3] = ["cmake", "ninja", "uv-build"];

impl Subject<'_> {
    pub(super) fn building(&self, over: &Over) -> Building {
        let build = &self.facts.build;
        let mut found = Building { doubt: build.doubt.clone(), ..Building::default() };
        let mut wanted: Vec<Requirement> = Vec::new();
        for need in &build.requires {
            let name = need.requirement.name.as_str();
            // setuptools makes wheels itself, and nixpkgs' front end brings the package.
            if name == "wheel" {
                continue;
            }
            found.edits.extend(self.edit(need, over));
            match tables::program(&need.requirement.name) {
                None => wanted.push(need.requirement.clone()),
                Some(_) if IN_PYTHON.contains(&name) && need.written.is_some() => {
                    wanted.push(need.requirement.clone());
                }
                // Its hook is the backend.
                Some(_) if name == "maturin" && build.rust.is_some() => {}
                Some(program) if program.nixpkgs.is_empty() => match self.without(need) {
                    Some(edit) => found.edits.push(edit),
                    None => {
                        found.doubt = Some(format!(
                            "the build asks for {name}, which it does not need: remove it in postPatch"
                        ));
                    }
                },
                Some(program) if need.written.is_some() => {
                    found.programs.extend(program.nixpkgs.iter().cloned())
                }
                Some(_) => {}
            }
        }
        let native = build.native.filter(|native| !native.libraries.is_empty());
        if let Some(native) = native {
            found.programs.push("pkg-config".to_owned());
            found.programs.extend(native.programs.iter().cloned());
        }
        if build.wants("cmake")
            || build.backend.starts_with("scikit_build_core")
            || build.backend.starts_with("skbuild")
        {
            found.keeps_configure.push("dontUseCmakeConfigure");
        }
        found.programs.sort();
        found.programs.dedup();
        found.system = over.list(&wanted);
        found.other_version = self.other_version();
        found.edits.extend(build.tags(&self.facts.version).into_iter().map(|(file, line)| Edit {
            file,
            from: line.to_owned(),
            to: String::new(),
            reason: Reason::Tag,
            doubt: None,
        }));
        found
    }

    /// A version in the build files that is not the release's: what is built would have it.
    fn other_version(&self) -> Option<(String, String)> {
        let Version::Stated { file, text } = &self.facts.build.version else { return None };
        // nixpkgs' own version of such a commit is no one's.
        if self.version().contains("-unstable-") {
            return None;
        }
        let is_same = crate::python::PyVersion::new(text).is_ok_and(|version| version == self.facts.version);
        (!is_same).then(|| ((*file).to_owned(), text.clone()))
    }

    /// A bound of a build requirement that the user's nixpkgs does not meet, or the newest release, dropped.
    fn edit(&self, need: &Need, over: &Over) -> Option<Edit> {
        let (requirement, written) = (&need.requirement, need.written.as_ref()?);
        let doubt = match over.rules_out(requirement)? {
            Ruled::Known => None,
            Ruled::Perhaps(newest) => Some(format!(
                "{newest} is the newest {}: look which your nixpkgs has, and remove this if {written} allows it",
                requirement.name
            )),
        };
        let text = self.texts.text("pyproject.toml")?;
        let end = written.find(['<', '>', '=', '!', '~', '(', ';'])?;
        let marker = written.find(';').map(|at| &written[at..]).unwrap_or_default();
        let to = format!("{}{marker}", written[..end].trim_end());
        let is_plain = !written.contains(char::is_control);
        (is_plain && text.contains(written.as_str())).then(|| Edit {
            file: "pyproject.toml",
            from: written.clone(),
            to,
            reason: Reason::Bound,
            doubt,
        })
    }

    /// A build requirement, taken out of its list.
    fn without(&self, need: &Need) -> Option<Edit> {
        let written = need.written.as_ref()?;
        let from = item(self.texts.text("pyproject.toml")?, written)?;
        let reason = Reason::Unneeded(written.clone());
        Some(Edit { file: "pyproject.toml", from, to: String::new(), reason, doubt: None })
    }
}

/// How an item of a list stands in a TOML text, with the comma behind it; `None` if that is not there once.
fn item(text: &str, written: &str) -> Option<String> {
    let named = ['"', '\''].map(|quote| format!("{quote}{written}{quote}"));
    let count: usize = named.iter().map(|named| text.matches(named.as_str()).count()).sum();
    let is_plain = !written.contains(char::is_control);
    let items = named.map(|named| format!("{named},"));
    items.into_iter().find(|item| text.contains(item.as_str())).filter(|_| is_plain && count == 1)
}

fn operators(requirement: &Requirement) -> impl Iterator<Item = String> {
    let all = match &requirement.what {
        What::Versions(all) => all.to_string(),
        What::Url(_) => String::new(),
    };
    all.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>().into_iter()
}

/// Whether later versions are ruled out.
pub(super) fn is_bounded(requirement: &Requirement) -> bool {
    operators(requirement).any(|one| one.starts_with(['<', '~', '=']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_a_list() {
        for (text, expected) in [
            ("requires = [\n\t\"a\",\n\t\"coherent.licensed\",\n]\n", Some("\"coherent.licensed\",")),
            ("requires = ['coherent.licensed', 'a']\n", Some("'coherent.licensed',")),
            // Without a comma it may be the last of its list, and twice it is not known which.
            ("requires = ['a', 'coherent.licensed']\n", None),
            ("a = ['coherent.licensed', 'a']\nb = ['coherent.licensed', 'a']\n", None),
            ("requires = ['coherent.licensed']\nb = [\"coherent.licensed\", 'a']\n", None),
        ] {
            assert_eq!(item(text, "coherent.licensed").as_deref(), expected, "{text}");
        }
    }
}
