//! What lockfiles and projects say of the environments that packages are built in.

mod pdm;
mod poetry;
mod uv;

use std::collections::BTreeMap;

use super::reading::{At, Reading};
use super::requirement;
use crate::python::PyName;

pub use pdm::of_manifest as of_pdm;
pub use poetry::of_manifest as of_poetry;
pub use uv::{of_lock as of_uv_lock, of_settings as of_uv_settings};

/// A file of settings, for the lines of what stands in it.
struct Written<'w> {
    path: &'w str,
    text: &'w str,
}

impl<'w> Written<'w> {
    /// Where something is written, the first time that it is.
    fn at<'t>(&self, what: &'t str) -> At<'t>
    where
        'w: 't,
    {
        let before = self.text.find(what).map_or("", |at| &self.text[..at]);
        At { file: self.path, line: before.matches('\n').count() + 1, package: what }
    }

    /// Requirements in one spelling; what cannot be read is noted.
    fn requirements<'t>(
        &self,
        reading: &mut Reading<'_>,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for text in texts {
            let at = self.at(text);
            found.extend(requirement::read(reading, at, text).map(|read| requirement::shown(&read)));
        }
        found
    }

    /// A table by packages.
    fn by_name<'m, T>(
        &self,
        reading: &mut Reading<'_>,
        map: &'m BTreeMap<String, T>,
    ) -> Vec<(PyName, &'m T)> {
        map.iter().filter_map(|(name, what)| Some((reading.name(self.at(name), name)?, what))).collect()
    }
}
