//! Where a module belongs in nixpkgs: its folder, and its line in `python-packages.nix`.

/// The list of all modules.
pub const LIST: &str = "pkgs/top-level/python-packages.nix";

/// The module's file.
pub fn file(attribute: &str) -> String {
    format!("pkgs/development/python-modules/{attribute}/default.nix")
}

/// The line of the list.
pub fn line(attribute: &str) -> String {
    format!("  {attribute} = callPackage ../development/python-modules/{attribute} {{ }};")
}

/// The attribute behind which the line belongs in the text of the list; `None` where it is there already, or the list
/// holds nothing that is sorted before it.
pub fn before(list: &str, attribute: &str) -> Option<String> {
    let names = list.lines().filter_map(|line| {
        // Two blanks: what is deeper is a part of another line.
        let line = line
            .strip_prefix("  ")
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))?;
        Some(line.split_once(" =")?.0)
    });
    let names: Vec<&str> = names.collect();
    if names.contains(&attribute) {
        return None;
    }
    names.into_iter().filter(|name| *name < attribute).max().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_line_belongs() {
        let list = "self: with self; {\n  aa = callPackage ../development/python-modules/aa { };\n\n  ab = callPackage x {\n    inner = 1;\n  };\n\n  b = 1;\n}\n";
        assert_eq!(before(list, "aaa").as_deref(), Some("aa"));
        assert_eq!(before(list, "az").as_deref(), Some("ab"));
        assert_eq!(before(list, "ab"), None);
        assert_eq!(before(list, "a"), None);
        assert_eq!(line("az"), "  az = callPackage ../development/python-modules/az { };");
    }
}
