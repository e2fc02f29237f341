//! To which module of Guix a Python package belongs.

use crate::upstream::python::Facts;

/// Beginnings of classifiers, and the module for what has one, the surest first.
const BY_CLASSIFIER: [(&str, &str); 9] = [
    ("Framework :: Django", "django"),
    ("Framework :: Jupyter", "jupyter"),
    ("Framework :: Sphinx", "sphinx"),
    ("Framework :: Pytest", "python-check"),
    ("Topic :: Software Development :: Testing", "python-check"),
    ("Topic :: Software Development :: Build Tools", "python-build"),
    ("Topic :: Security :: Cryptography", "python-crypto"),
    ("Topic :: Internet :: WWW/HTTP", "python-web"),
    ("Topic :: Scientific/Engineering", "python-science"),
];
/// Beginnings of names, likewise.
const BY_NAME: [(&str, &str); 5] = [
    ("pytest-", "python-check"),
    ("django-", "django"),
    ("sphinx-", "sphinx"),
    ("sphinxcontrib-", "sphinx"),
    ("jupyter-", "jupyter"),
];

/// The module's name, by the project's name and what it says of its subject.
pub fn module(facts: &Facts) -> &'static str {
    let named = BY_NAME.iter().find(|(start, _)| facts.name.as_str().starts_with(start));
    let classified =
        || BY_CLASSIFIER.iter().find(|(start, _)| facts.classifiers.iter().any(|one| one.starts_with(start)));
    named.or_else(classified).map_or("python-xyz", |(_, module)| module)
}
