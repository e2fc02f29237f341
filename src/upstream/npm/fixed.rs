//! A lockfile with the addresses and hashes that npm left out of it, byte for byte as `npm-lockfile-fix` of nixpkgs
//! writes it (0.1.1, read in November 2026).

mod ordered;

use ordered::Json;

/// A package of the registry whose address or hash a lockfile does not state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unstated {
    pub name: String,
    pub version: String,
}

/// What the registry says of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    pub resolved: String,
    pub integrity: String,
}

/// What a lockfile leaves out, as npm-lockfile-fix looks for it; `None` where the tool would stop, or would put a package
/// of the registry in place of something else.
pub fn unstated(lock: &[u8]) -> Option<Vec<Unstated>> {
    let mut found = Vec::new();
    for (location, entry) in packages(&parse(lock)?)? {
        if let Some(one) = asked(location, entry)? {
            found.push(one);
        }
    }
    found.sort();
    found.dedup();
    Some(found)
}

/// The lockfile with what the registry says; `None` where it says nothing of one of them.
pub fn fixed(lock: &[u8], said: impl Fn(&Unstated) -> Option<Stated>) -> Option<Vec<u8>> {
    let mut lock = parse(lock)?;
    for (location, entry) in lock.get_mut("packages")?.members_mut()? {
        let Some(one) = asked(location, entry)? else { continue };
        let Stated { resolved, integrity } = said(&one)?;
        entry.set("resolved", Json::Text(resolved));
        entry.set("integrity", Json::Text(integrity));
    }
    Some(lock.written().into_bytes())
}

fn parse(lock: &[u8]) -> Option<Json> {
    serde_json::from_slice(lock).ok()
}

fn packages(lock: &Json) -> Option<impl Iterator<Item = (&String, &Json)>> {
    Some(lock.get("packages")?.members()?.iter().map(|(key, value)| (key, value)))
}

/// The outer `None`: it cannot be done. The inner one: there is nothing to do.
fn asked(location: &str, entry: &Json) -> Option<Option<Unstated>> {
    if !location.contains("node_modules/") {
        return Some(None);
    }
    let (resolved, integrity) = (entry.get("resolved"), entry.get("integrity"));
    let is_wanted = resolved.is_none() || integrity.is_none() && entry.get("link").is_none();
    if !is_wanted {
        return Some(None);
    }
    // The registry may have another package by that name: of a file, of a folder, of git.
    let is_elsewhere = |text: &str| !text.starts_with("https://") && !text.starts_with("http://");
    if entry.get("link").is_some() || resolved.is_some_and(|one| one.text().is_none_or(is_elsewhere)) {
        return None;
    }
    let name = entry.get("name").and_then(Json::text).filter(|name| !name.is_empty());
    let name = name.or_else(|| location.rsplit("node_modules/").next())?.to_owned();
    let version = entry.get("version")?.text()?.to_owned();
    Some(Some(Unstated { name, version }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{
 "name": "tool", "lockfileVersion": 3, "requires": true, "packages": {
  "": {"name": "tool", "license": "© me \u007f\t/"},
  "node_modules/a": {"version": "1.0.0", "resolved": "https://r.example/a.tgz", "integrity": "sha512-x"},
  "node_modules/a/node_modules/b": {"version": "2.0.0", "inBundle": true, "engines": {}, "os": []},
  "node_modules/c": {"name": "real", "version": "3.0.0", "resolved": "https://r.example/c.tgz", "dev": true},
  "part": {"version": "1.0.0"}, "node_modules/part": {"resolved": "part", "link": true}
 }
}
"#;

    #[test]
    fn what_is_left_out_and_put_in() {
        let one = |name: &str, version: &str| Unstated { name: name.to_owned(), version: version.to_owned() };
        assert_eq!(unstated(LOCK.as_bytes()).unwrap(), [one("b", "2.0.0"), one("real", "3.0.0")]);
        let said = |one: &Unstated| {
            let resolved = format!("https://r.example/{}.tgz", one.name);
            Some(Stated { resolved, integrity: format!("sha512-{}", one.version) })
        };
        // As `json.dump(lock, file, indent=2)` of Python has it.
        let expected = r#"{
  "name": "tool",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {
      "name": "tool",
      "license": "\u00a9 me \u007f\t/"
    },
    "node_modules/a": {
      "version": "1.0.0",
      "resolved": "https://r.example/a.tgz",
      "integrity": "sha512-x"
    },
    "node_modules/a/node_modules/b": {
      "version": "2.0.0",
      "inBundle": true,
      "engines": {},
      "os": [],
      "resolved": "https://r.example/b.tgz",
      "integrity": "sha512-2.0.0"
    },
    "node_modules/c": {
      "name": "real",
      "version": "3.0.0",
      "resolved": "https://r.example/real.tgz",
      "dev": true,
      "integrity": "sha512-3.0.0"
    },
    "part": {
      "version": "1.0.0"
    },
    "node_modules/part": {
      "resolved": "part",
      "link": true
    }
  }
}"#;
        assert_eq!(String::from_utf8(fixed(LOCK.as_bytes(), said).unwrap()).unwrap(), expected);
        assert!(fixed(LOCK.as_bytes(), |_| None).is_none());
    }

    #[test]
    fn what_the_tool_would_spoil_or_stop_at() {
        for entry in [
            r#"{"version": "1.0.0", "resolved": "git+ssh://git@github.com/o/r.git#c"}"#,
            r#"{"version": "1.0.0", "resolved": "file:a.tgz"}"#,
            r#"{"version": "1.0.0", "link": true}"#,
            r#"{"resolved": "https://r.example/a.tgz"}"#,
        ] {
            let lock = format!(r#"{{"lockfileVersion": 3, "packages": {{"node_modules/a": {entry}}}}}"#);
            assert_eq!(unstated(lock.as_bytes()), None, "{entry}");
        }
        assert_eq!(unstated(br#"{"lockfileVersion": 1, "dependencies": {}}"#), None);
    }
}
