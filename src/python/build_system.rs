//! `[build-system]` of pyproject.toml (PEP 517, PEP 518): what builds a source, and what that needs.

use crate::foreign;

/// The build system of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildSystem {
    /// Requirements as written (PEP 508).
    pub requires: Vec<String>,
    /// `module` or `module:object`.
    pub backend: String,
    /// Folders of the source that hold the backend itself; it is one that builds itself then.
    pub backend_path: Vec<String>,
    /// The whole of pyproject.toml; empty where there is none.
    pub document: toml::Table,
}

/// Why there is no build system: a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildSystemError {
    #[error("has a pyproject.toml that does not parse: {0}")]
    Toml(String),
    #[error("has a [build-system] table without `requires`, which PEP 518 does not allow")]
    NoRequires,
    #[error("has a [build-system] whose `{0}` is no {1}")]
    Type(&'static str, &'static str),
}

/// The backend of sources that name none: it runs setup.py as pip used to.
pub const LEGACY: &str = "setuptools.build_meta:__legacy__";

impl BuildSystem {
    /// Reads pyproject.toml; without one, or without its table, setuptools builds (PEP 518).
    ///
    /// # Errors
    /// Text that is no TOML, and a table that is not as PEP 518 has it.
    pub fn read(pyproject: Option<&str>) -> Result<Self, BuildSystemError> {
        let text = pyproject.unwrap_or_default().trim_start_matches('\u{feff}');
        let document: toml::Table =
            foreign::toml(text).map_err(|error| BuildSystemError::Toml(error.message().to_owned()))?;
        let legacy = |document| Self {
            requires: vec!["setuptools".to_owned()],
            backend: LEGACY.to_owned(),
            backend_path: Vec::new(),
            document,
        };
        let Some(table) = document.get("build-system") else { return Ok(legacy(document)) };
        let table = table.as_table().ok_or(BuildSystemError::Type("build-system", "table"))?;
        let requires = table.get("requires").ok_or(BuildSystemError::NoRequires)?;
        let requires =
            strings(Some(requires)).ok_or(BuildSystemError::Type("requires", "list of strings"))?;
        let backend_path = match table.get("backend-path") {
            None => Vec::new(),
            path => strings(path).ok_or(BuildSystemError::Type("backend-path", "list of strings"))?,
        };
        let backend = match table.get("build-backend") {
            None => LEGACY,
            Some(backend) => backend.as_str().ok_or(BuildSystemError::Type("build-backend", "string"))?,
        };
        Ok(Self { requires, backend: backend.to_owned(), backend_path, document: document.clone() })
    }

    /// The backend's module, without the object in it.
    pub fn module(&self) -> &str {
        self.backend.split(':').next().unwrap_or_default().trim()
    }

    /// The backend where pyproject.toml names an object of a module, which not every front end can call. The one of
    /// [`LEGACY`] is its module's, but for the search path.
    pub fn object(&self) -> Option<String> {
        self.value(&["build-system", "build-backend"])?;
        let (module, object) = self.backend.split_once(':')?;
        let (module, object) = (module.trim(), object.trim());
        let is_path = |text: &str| {
            text.split('.').all(|name| {
                !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
            })
        };
        if !is_path(module) || !is_path(object) {
            return None;
        }
        let whole = format!("{module}:{object}");
        Some(if whole == LEGACY { module.to_owned() } else { whole })
    }

    /// Whether the backend is setuptools or a wrapper of it, so that setup.py and setup.cfg count.
    pub fn is_setuptools(&self) -> bool {
        let module = self.module().split('.').next().unwrap_or_default();
        ["setuptools", "pbr", "setuptools_rust", "jupyter_packaging", "skbuild", "wheel_stub"]
            .contains(&module)
    }

    /// A value by its path of keys.
    pub fn value(&self, path: &[&str]) -> Option<&toml::Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.document.get(*first)?, |value, key| value.get(key))
    }

    /// A list of strings by its path of keys; empty where there is none.
    pub fn list(&self, path: &[&str]) -> Vec<String> {
        strings(self.value(path)).unwrap_or_default()
    }
}

/// `None` for anything but a list of strings.
pub fn strings(value: Option<&toml::Value>) -> Option<Vec<String>> {
    value?.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_modules() {
        for (build_system, object) in [
            ("", None),
            ("[build-system]\nrequires = []", None),
            ("[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'", None),
            (
                "[build-system]\nrequires = []\nbuild-backend = 'setuptools.build_meta:__legacy__'",
                Some("setuptools.build_meta"),
            ),
            ("[build-system]\nrequires = []\nbuild-backend = 'own : hooks.of'", Some("own:hooks.of")),
            ("[build-system]\nrequires = []\nbuild-backend = \"own:hooks')\"", None),
        ] {
            let system = BuildSystem::read(Some(build_system)).unwrap();
            assert_eq!(system.object().as_deref(), object, "{build_system}");
        }
    }

    #[test]
    fn as_pep_518_has_it() {
        let legacy = BuildSystem::read(None).unwrap();
        assert_eq!((legacy.requires, legacy.backend.as_str()), (vec!["setuptools".to_owned()], LEGACY));
        let other = BuildSystem::read(Some("[tool.black]\nline-length = 1\n")).unwrap();
        assert_eq!(other.module(), "setuptools.build_meta");
        let itself = BuildSystem::read(Some(
            "[build-system]\nrequires = []\nbuild-backend = 'a.b:c'\nbackend-path = ['src']\n",
        ));
        let itself = itself.unwrap();
        assert!(itself.requires.is_empty());
        assert_eq!((itself.module(), itself.backend_path.clone()), ("a.b", vec!["src".to_owned()]));
        let error = |text: &str| BuildSystem::read(Some(text)).unwrap_err();
        assert_eq!(error("[build-system]\nbuild-backend = 'x'\n"), BuildSystemError::NoRequires);
        assert!(matches!(error("[build-system]\nrequires = 'x'\n"), BuildSystemError::Type("requires", _)));
        assert!(matches!(error("[["), BuildSystemError::Toml(_)));
    }
}
