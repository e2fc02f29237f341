//! What headwater.lock of the current folder knows of a package's build.

use serde::Serialize;

use crate::pins::{Pins, Rebuild};
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
    /// How the build was found. npm.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl Rebuilt {
    /// Of the same artifact and the same commit as what was resolved.
    pub(super) fn of(resolution: &Resolution, pins: &Pins) -> Option<Self> {
        match pins.rebuilds.packages.get(&resolution.purl) {
            Some(rebuild) => Self::of_package(resolution, pins, rebuild),
            None => Self::of_wheel(resolution, pins),
        }
    }

    fn of_package(resolution: &Resolution, pins: &Pins, rebuild: &Rebuild) -> Option<Self> {
        let pin = pins.packages.get(&resolution.purl)?;
        let is_same = resolution.source.as_ref() == Some(&rebuild.source) && rebuild.is_of(pin);
        let said = rebuild.said().filter(|_| is_same)?;
        let class = rebuild.outcome.as_ref()?.class;
        Some(Self { class, said, tools: rebuild.tool_count(), rule: Some(rebuild.recipe.rule.clone()) })
    }

    fn of_wheel(resolution: &Resolution, pins: &Pins) -> Option<Self> {
        let rebuild = pins.rebuilds.wheels.get(&resolution.purl)?;
        let is_same = resolution.source.as_ref() == Some(&rebuild.source);
        let said = rebuild.said().filter(|_| is_same)?;
        let tools = pins.requirements(&resolution.purl).not_rebuilt();
        Some(Self { class: rebuild.outcome.class, said, tools, rule: None })
    }

    /// As a person reads it: ends with a newline.
    pub(super) fn explain(&self) -> String {
        let Self { said, tools, rule, .. } = self;
        let by = match rule {
            Some(rule) => format!("by {rule}; given {tools} tools that are not rebuilt"),
            None => format!("given {tools} build requirements that are not rebuilt"),
        };
        let line = printable(&format!("{said} ({by})"));
        format!("\nRebuilt (headwater.lock)\n  {}\n", line.replace('\n', " "))
    }
}
