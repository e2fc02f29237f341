//! What a package is called in nixpkgs, and where its file lies.

use crate::graph::PackageName;

/// Last parts of scoped names that say nothing without the scope.
const GENERIC: [&str; 14] = [
    "app", "bin", "cli", "client", "cmd", "core", "main", "mcp", "node", "server", "tool", "tools", "utils",
    "web",
];

/// A name, and whether somebody should look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    /// Why another name may be better.
    pub doubt: Option<String>,
}

/// The attribute of an npm package. `repository` is the repository's name where the package lies at its root.
pub fn attribute(package: &PackageName, repository: Option<&str>) -> Attribute {
    let text = package.as_str();
    let Some((scope, base)) = text.strip_prefix('@').and_then(|text| text.split_once('/')) else {
        return Attribute { name: plain(text), doubt: None };
    };
    let doubt = Some(format!("the package is {text}: look whether nixpkgs would call it so"));
    let name = match repository {
        _ if !GENERIC.contains(&base) => plain(base),
        Some(repository) if !GENERIC.contains(&repository) => plain(repository),
        _ => plain(&format!("{scope}-{base}")),
    };
    Attribute { name, doubt }
}

/// Lower case, with hyphens for what no attribute has, as `pkgs/by-name` wants it.
fn plain(text: &str) -> String {
    let allowed = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c.to_ascii_lowercase() } else { '-' }
    };
    let name: String = text.chars().map(allowed).collect();
    let name = name.trim_matches('-').to_owned();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Whether `pkgs/by-name` takes a name, and Nix writes it without quotes.
pub fn is_attribute(name: &str) -> bool {
    plain(name) == name && crate::upstream::nix::expression::is_name(name)
}

/// The package's folder in nixpkgs.
pub fn folder(attribute: &str) -> String {
    let shard: String = attribute.chars().take(2).collect();
    format!("pkgs/by-name/{}/{attribute}", shard.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_nixpkgs_has_them() {
        for (package, repository, name) in [
            ("mocha", Some("mocha"), "mocha"),
            ("@nestjs/cli", Some("nest-cli"), "nest-cli"),
            ("@nestjs/cli", None, "nestjs-cli"),
            ("@mermaid-js/mermaid-cli", None, "mermaid-cli"),
            ("@a/cli", Some("cli"), "a-cli"),
            ("JSONStream", None, "jsonstream"),
            ("socket.io", None, "socket-io"),
            ("0x", None, "_0x"),
        ] {
            let found = attribute(&PackageName::new(package).unwrap(), repository);
            assert_eq!(found.name, name, "{package}");
            assert_eq!(found.doubt.is_some(), package.starts_with('@'));
            assert!(is_attribute(name));
        }
        assert!(!is_attribute("Foo") && !is_attribute("a.b") && !is_attribute("") && !is_attribute("if"));
    }

    #[test]
    fn folders_are_by_two_letters() {
        assert_eq!(folder("mocha"), "pkgs/by-name/mo/mocha");
        assert_eq!(folder("_0x"), "pkgs/by-name/_0/_0x");
        assert_eq!(folder("q"), "pkgs/by-name/q/q");
    }
}
