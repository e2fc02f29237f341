//! What a package.json says of its package
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json#license>, and the older forms named there).

use serde_json::Value;

use super::{About, kept, license_line, web_page};
use crate::source::own_claim;

/// Reads a package.json. Fields of another kind than npm's documents know count as absent.
pub fn npm(manifest: &Value) -> About {
    let text = |field: &str| manifest[field].as_str().and_then(kept);
    let page = manifest["homepage"].as_str().or_else(|| manifest["homepage"]["url"].as_str());
    let home_page = page.and_then(web_page).or_else(|| web_page(&own_claim(manifest)?.0));
    About {
        license: license(&manifest["license"]).or_else(|| license(&manifest["licenses"])),
        description: text("description"),
        home_page,
        ..About::default()
    }
}

/// A string; an object with `type` (or, misspelled, `name`); or a list of these, of which npm's documents say that
/// one may choose.
fn license(field: &Value) -> Option<String> {
    match field {
        Value::String(text) => license_line(text),
        Value::Object(_) => {
            let text = field["type"].as_str().or_else(|| field["name"].as_str())?;
            license_line(text)
        }
        Value::Array(items) => {
            let mut all: Vec<String> = items.iter().filter_map(license).collect();
            all.dedup();
            (!all.is_empty()).then(|| all.join(" OR "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn license_of(manifest: Value) -> Option<String> {
        npm(&manifest).license
    }

    #[test]
    fn every_form_of_a_licence() {
        assert_eq!(license_of(json!({"license": " (MIT OR Apache-2.0) "})).unwrap(), "(MIT OR Apache-2.0)");
        assert_eq!(license_of(json!({"license": {"type": "ISC", "url": "https://e.org"}})).unwrap(), "ISC");
        assert_eq!(license_of(json!({"license": ["MIT", "ISC"]})).unwrap(), "MIT OR ISC");
        let old = json!({"licenses": [{"type": "MIT", "url": "x"}, {"type": "GPL-2.0"}]});
        assert_eq!(license_of(old).unwrap(), "MIT OR GPL-2.0");
        assert_eq!(license_of(json!({"licenses": "BSD"})).unwrap(), "BSD");
        let see = "SEE LICENSE IN LICENSE.md";
        assert_eq!(license_of(json!({"license": see})).unwrap(), see);
        for none in
            [json!({}), json!({"license": ""}), json!({"license": null}), json!({"license": 5}), json!([])]
        {
            assert_eq!(license_of(none), None);
        }
    }

    #[test]
    fn a_page_of_the_repository_where_no_home_is_named() {
        let page = |manifest: Value| npm(&manifest).home_page;
        let both = json!({"homepage": "https://example.org/a", "repository": "o/r"});
        assert_eq!(page(both).unwrap(), "https://example.org/a");
        let git = json!({"repository": {"url": "git+ssh://git@github.com/o/r.git"}});
        assert_eq!(page(git).unwrap(), "https://github.com/o/r");
        assert_eq!(page(json!({"homepage": "n/a", "repository": "o/r"})).unwrap(), "https://github.com/o/r");
        assert_eq!(page(json!({"homepage": "n/a"})), None);
    }
}
