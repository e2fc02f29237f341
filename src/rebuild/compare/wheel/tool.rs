//! Which requirements give the tool that made the index's wheel.

use crate::foreign;
use crate::rebuild::compare::{Comparison, Difference, Normalisation};

/// How tools call themselves in WHEEL, the project that has them, and what they need beside them.
const TOOLS: [(&str, &str, Option<&str>); 8] = [
    ("flit", "flit-core", None),
    ("setuptools", "setuptools", None),
    ("hatchling", "hatchling", None),
    ("poetry-core", "poetry-core", None),
    ("pdm-backend", "pdm-backend", None),
    ("maturin", "maturin", None),
    ("uv", "uv-build", None),
    // setuptools has it itself from 70.1 on.
    ("bdist_wheel", "wheel", Some("setuptools<70.1")),
];

/// Requirements of a build (PEP 508) that are met by the tool of the index's wheel, where the wheel differs and was
/// built with another. METADATA differs most often for that reason alone.
pub fn tool_of_the_index(comparison: &Comparison) -> Vec<String> {
    let generator = comparison.files.values().find_map(|difference| match difference {
        Difference::Normalised { by: Normalisation::Generator { registry, .. } } => Some(registry),
        _ => None,
    });
    let named = generator.filter(|_| !comparison.class.is_rebuilt()).and_then(|text| text.split_once(' '));
    let Some((tool, version)) = named else { return Vec::new() };
    let version = version.trim_start_matches('(').trim_end_matches(')');
    let known = TOOLS.iter().find(|(name, _, _)| *name == tool);
    match known.filter(|_| foreign::version(version).is_some()) {
        Some((_, project, beside)) => {
            let requirement = format!("{project}=={version}");
            std::iter::once(requirement).chain(beside.map(str::to_owned)).collect()
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(registry: &str, other: Difference) -> String {
        let (registry, built) = (registry.to_owned(), "x 1".to_owned());
        let by = Normalisation::Generator { registry, built };
        let files = [("WHEEL", Difference::Normalised { by }), ("METADATA", other)];
        let files: BTreeMap<_, _> = files.into_iter().map(|(path, what)| (path.to_owned(), what)).collect();
        tool_of_the_index(&Comparison::of_files(1, files)).join(", ")
    }

    #[test]
    fn the_tool_of_a_wheel_that_differs() {
        for (generator, requirement) in [
            ("flit 3.9.0", "flit-core==3.9.0"),
            ("setuptools (75.8.0)", "setuptools==75.8.0"),
            ("bdist_wheel (0.43.0)", "wheel==0.43.0, setuptools<70.1"),
            ("hatchling 1.27.0", "hatchling==1.27.0"),
            ("skbuild 1", ""),
            ("flit", ""),
            ("flit x", ""),
            ("flit 1; y", ""),
        ] {
            assert_eq!(of(generator, Difference::Missing), requirement, "{generator}");
        }
        let equivalent = Difference::Normalised { by: Normalisation::Record };
        assert_eq!(of("flit 3.9.0", equivalent), "", "there is nothing to do");
    }
}
