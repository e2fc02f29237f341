//! `bin`: the programs of a package, normalised as npm does before it links them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::graph::PackageName;

/// The programs of a package, and what of `bin` cannot be linked: text with control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bins {
    /// Program name to path in the package.
    pub programs: BTreeMap<String, String>,
    pub unsafe_texts: Vec<String>,
}

impl Bins {
    /// A string is a program with the package's own name, an array has programs named by their files, an
    /// object has names of its own. Names are reduced to their last part and paths to inside the package
    /// (`../x` is `x`); what is empty then is dropped.
    pub fn new(name: Option<&PackageName>, value: &Value) -> Self {
        let pairs: Vec<(&str, &str)> = match value {
            Value::String(path) => name.map(|name| (name.as_str(), path.as_str())).into_iter().collect(),
            Value::Array(paths) => paths.iter().filter_map(Value::as_str).map(|path| (path, path)).collect(),
            Value::Object(fields) => {
                fields.iter().filter_map(|(name, path)| Some((name.as_str(), path.as_str()?))).collect()
            }
            _ => Vec::new(),
        };
        let mut bins = Self::default();
        for (name, path) in pairs {
            if let Some(text) = [name, path].into_iter().find(|text| text.chars().any(char::is_control)) {
                bins.unsafe_texts.push(text.to_owned());
                continue;
            }
            let program =
                inside(&name.replace(['\\', ':'], "/")).rsplit('/').next().unwrap_or_default().to_owned();
            let path = inside(&path.replace('\\', "/"));
            if !program.is_empty() && !path.is_empty() {
                bins.programs.insert(program, path);
            }
        }
        bins
    }
}

/// The programs of a `package.json`; what cannot be linked is left out.
pub fn bins(manifest: &Value) -> BTreeMap<String, String> {
    let name = manifest["name"].as_str().and_then(|name| PackageName::new(name).ok());
    Bins::new(name.as_ref(), &manifest["bin"]).programs
}

/// A path followed from the root of the package, which `..` cannot leave.
fn inside(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
