//! What `headwater verify` found of wheels, for the check that they are still built as it recorded them.

use serde_json::{Map, Value, json};

use super::super::{Files, REBUILDS};
use crate::pins::{Pins, build_key};
use crate::rebuild::Class;

/// In the folder of rebuilds.
const FILE: &str = "wheels.json";

/// What each wheel must be that was the same as the index's, by its key in the emitted files. No file where there is none.
///
/// # Errors
/// None that pins of ours can cause.
pub fn with_rebuilds(pins: &Pins) -> anyhow::Result<Files> {
    let mut wheels = Map::new();
    for (purl, rebuild) in &pins.rebuilds.wheels {
        let Some(key) = build_key(purl) else { continue };
        let outcome = &rebuild.outcome;
        let Some(digest) = outcome.digest.filter(|_| outcome.class.is_rebuilt()) else { continue };
        let is_whole = outcome.class == Class::Integrity;
        let expected: Value = json!({
            "class": outcome.class,
            "integrity": is_whole.then(|| rebuild.wheel.integrity.to_string()),
            "digest": digest.to_string(),
        });
        wheels.insert(key, expected);
    }
    let mut files = Files::new();
    if !wheels.is_empty() {
        let text = format!("{:#}\n", Value::Object(wheels));
        files.insert(format!("{REBUILDS}/{FILE}"), text);
    }
    Ok(files)
}
