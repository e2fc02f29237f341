//! What headwater.lock of the current folder knows of a package's build.

use serde::Serialize;

use crate::pins::Pins;
use crate::printable::printable;
use crate::rebuild::Class;
use crate::source::Resolution;

/// A package that was built again from the commit that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rebuilt {
    class: Class,
    /// In words.
    said: String,
    /// Packages that it was built with, which nobody rebuilt.
    tools: usize,
    /// How the build was found.
    rule: String,
}

impl Rebuilt {
    /// Of the same artifact and the same commit as what was resolved.
    pub(super) fn of(resolution: &Resolution, pins: &Pins) -> Option<Self> {
        let rebuild = pins.rebuilds.packages.get(&resolution.purl)?;
        let pin = pins.packages.get(&resolution.purl)?;
        let artifact = pin.artifact.as_ref()?.integrity.to_string();
        let is_same = resolution.source.as_ref() == Some(&rebuild.source) && artifact == rebuild.artifact;
        let said = rebuild.said().filter(|_| is_same)?;
        let class = rebuild.outcome.as_ref()?.class;
        Some(Self { class, said, tools: rebuild.tool_count(), rule: rebuild.recipe.rule.clone() })
    }

    /// As a person reads it: ends with a newline.
    pub(super) fn explain(&self) -> String {
        let Self { said, tools, rule, .. } = self;
        let line = printable(&format!("{said} (by {rule}; given {tools} tools that are not rebuilt)"));
        format!("\nRebuilt (headwater.lock)\n  {}\n", line.replace('\n', " "))
    }
}
