//! The schemas of docs/reference, as a validator reads them.

use std::sync::{LazyLock, Mutex};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const ALL: [(&str, &str); 3] = [
    (SOURCE, include_str!("../../docs/reference/source.schema.json")),
    (LOCK, include_str!("../../docs/reference/headwater-lock.schema.json")),
    (TOML, include_str!("../../docs/reference/headwater-toml.schema.json")),
];
pub const SOURCE: &str = "source.schema.json";
pub const LOCK: &str = "headwater-lock.schema.json";
pub const TOML: &str = "headwater-toml.schema.json";

/// Where they are for each other; nothing is fetched.
const FOLDER: &str = "file:///schemas/";

static COMPILED: LazyLock<Mutex<(Schemas, Vec<SchemaIndex>)>> = LazyLock::new(|| {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    for (name, text) in ALL {
        let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        compiler.add_resource(&format!("{FOLDER}{name}"), value).expect("an address");
    }
    let indices = ALL
        .map(|(name, _)| compiler.compile(&format!("{FOLDER}{name}"), &mut schemas).expect("a sound schema"));
    Mutex::new((schemas, indices.to_vec()))
});

/// Whether a value is what a schema says.
pub fn check(name: &str, value: &Value) -> Result<(), String> {
    let compiled = COMPILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let at = ALL.iter().position(|(other, _)| *other == name).expect("a schema of this name");
    compiled.0.validate(value, compiled.1[at]).map_err(|error| format!("{name}: {error}"))
}

/// The schema itself.
pub fn of(name: &str) -> Value {
    let (_, text) = ALL.iter().find(|(other, _)| *other == name).expect("a schema of this name");
    serde_json::from_str(text).expect("JSON")
}
