//! Packages that configuration in JSON names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::texts::package;

/// What a tsconfig.json names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TypeScript {
    /// Other files, as written.
    pub files: Vec<String>,
    pub packages: BTreeSet<String>,
    /// Whether it says which types are taken: all that are there, where it does not.
    pub names_types: bool,
}

impl TypeScript {
    pub fn read(value: &Value) -> Self {
        let mut all = Self::default();
        let options = &value["compilerOptions"];
        for extended in strings(&value["extends"]) {
            all.file_or_package(extended);
        }
        for reference in value["references"].as_array().into_iter().flatten() {
            all.files.extend(reference["path"].as_str().map(str::to_owned));
        }
        if let Some(types) = options["types"].as_array() {
            all.names_types = true;
            for name in types.iter().filter_map(Value::as_str).filter_map(package) {
                all.packages.insert(of_types(&name));
                all.packages.insert(name);
            }
        }
        for plugin in options["plugins"].as_array().into_iter().flatten() {
            let names = ["name", "transform"].into_iter().filter_map(|field| plugin[field].as_str());
            all.packages.extend(names.filter_map(package));
        }
        all.packages.extend(options["jsxImportSource"].as_str().and_then(package));
        if options["importHelpers"] == true {
            all.packages.insert("tslib".to_owned());
        }
        all
    }

    fn file_or_package(&mut self, name: &str) {
        // `./node_modules/gts/tsconfig.json` is a package's file, too.
        let within = name.rsplit_once("node_modules/").map_or(name, |(_, within)| within);
        match package(within) {
            Some(package) => _ = self.packages.insert(package),
            None => self.files.push(name.to_owned()),
        }
    }
}

/// The package with the types of another.
pub fn of_types(name: &str) -> String {
    match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, base)) => format!("@types/{scope}__{base}"),
        None => format!("@types/{name}"),
    }
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What a configuration of Babel names: `env` is `babel-preset-env`, `@babel/env` is `@babel/preset-env`.
pub fn babel(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        for (field, kind) in [("presets", "preset"), ("plugins", "plugin")] {
            for entry in value[field].as_array().into_iter().flatten() {
                let name = entry.as_str().or_else(|| entry[0].as_str());
                names.extend(name.into_iter().flat_map(|name| written(name, kind)));
            }
        }
        names.extend(strings(&value["extends"]).into_iter().filter_map(package));
        open.extend(value["env"].as_object().into_iter().flatten().map(|(_, value)| value));
        open.extend(value["overrides"].as_array().into_iter().flatten());
    }
    names
}

/// The names that a short name of Babel may be of.
pub fn written(name: &str, kind: &str) -> Vec<String> {
    let name = name.strip_prefix("module:").unwrap_or(name);
    if name.starts_with(['.', '/']) {
        return Vec::new();
    }
    let long = match name.strip_prefix('@').map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        Some(("babel", base)) => format!("@babel/{kind}-{base}"),
        Some((scope, "")) => format!("@{scope}/babel-{kind}"),
        Some((scope, base)) => format!("@{scope}/babel-{kind}-{base}"),
        None => format!("babel-{kind}-{name}"),
    };
    [name, long.as_str()].into_iter().filter_map(package).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_configuration_names() {
        let found = TypeScript::read(&json!({
            "extends": ["@tsconfig/node20/tsconfig.json", "../base.json", "./node_modules/gts/tsconfig-google.json"],
            "references": [{ "path": "./src" }],
            "compilerOptions": {
                "types": ["node", "@a/b"], "importHelpers": true, "plugins": [{ "transform": "ts-x" }], "jsxImportSource": "preact",
            },
        }));
        let packages: Vec<&str> = found.packages.iter().map(String::as_str).collect();
        assert_eq!(
            packages,
            [
                "@a/b",
                "@tsconfig/node20",
                "@types/a__b",
                "@types/node",
                "gts",
                "node",
                "preact",
                "ts-x",
                "tslib"
            ]
        );
        assert_eq!(
            (found.files, found.names_types),
            (vec!["../base.json".to_owned(), "./src".to_owned()], true)
        );
        let found = babel(
            &json!({ "presets": [["@babel/env", {}], "@a"], "env": { "test": { "plugins": ["x", "./own"] } } }),
        );
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["@a/babel-preset", "@babel/env", "@babel/preset-env", "babel-plugin-x", "x"]);
    }
}
