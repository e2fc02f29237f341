//! Which requirement gives the tool that made the index's wheel.

use crate::rebuild::compare::{Comparison, Difference, Normalisation};

/// How tools call themselves in WHEEL, and the project that has them.
const TOOLS: [(&str, &str); 8] = [
    ("flit", "flit-core"),
    ("setuptools", "setuptools"),
    ("hatchling", "hatchling"),
    ("poetry-core", "poetry-core"),
    ("pdm-backend", "pdm-backend"),
    ("maturin", "maturin"),
    ("uv", "uv-build"),
    // Before setuptools had it itself.
    ("bdist_wheel", "wheel"),
];

/// The requirement of a build (PEP 508) that is met by the tool of the index's wheel, where the wheel differs and was
/// built with another. METADATA differs most often for that reason alone.
pub fn tool_of_the_index(comparison: &Comparison) -> Option<String> {
    let mut tools = comparison.files.values().filter_map(|difference| match difference {
        Difference::Normalised { by: Normalisation::Generator { registry, .. } } => Some(registry),
        _ => None,
    });
    let (tool, version) = tools.next()?.split_once(' ')?;
    let version = version.trim_start_matches('(').trim_end_matches(')');
    let (_, project) = TOOLS.iter().find(|(name, _)| *name == tool)?;
    crate::foreign::version(version)?;
    (!comparison.class.is_rebuilt()).then(|| format!("{project}=={version}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(registry: &str, other: Difference) -> Option<String> {
        let (registry, built) = (registry.to_owned(), "x 1".to_owned());
        let by = Normalisation::Generator { registry, built };
        let files = [("WHEEL", Difference::Normalised { by }), ("METADATA", other)];
        let files: BTreeMap<_, _> = files.into_iter().map(|(path, what)| (path.to_owned(), what)).collect();
        tool_of_the_index(&Comparison::of_files(1, files))
    }

    #[test]
    fn the_tool_of_a_wheel_that_differs() {
        for (generator, requirement) in [
            ("flit 3.9.0", Some("flit-core==3.9.0")),
            ("setuptools (75.8.0)", Some("setuptools==75.8.0")),
            ("bdist_wheel (0.43.0)", Some("wheel==0.43.0")),
            ("hatchling 1.27.0", Some("hatchling==1.27.0")),
            ("skbuild 1", None),
            ("flit", None),
            ("flit x", None),
            ("flit 1; y", None),
        ] {
            assert_eq!(of(generator, Difference::Missing).as_deref(), requirement, "{generator}");
        }
        assert_eq!(
            of("flit 3.9.0", Difference::Normalised { by: Normalisation::Record }),
            None,
            "equivalent"
        );
    }
}
