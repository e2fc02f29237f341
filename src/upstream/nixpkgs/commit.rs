//! What nixpkgs asks for beside the file: the commit's message, and that automation is disclosed.

/// The message of the commit that adds a package.
pub fn message(attribute: &str, version: &str, home_page: Option<&str>) -> String {
    let page = home_page.map(|page| format!("{page}\n\n")).unwrap_or_default();
    format!("{attribute}: init at {version}\n\n{page}{DISCLOSURE}\n")
}

/// The message of the commit that updates one; `pages` have titles.
pub fn update(attribute: &str, old: &str, new: &str, pages: &[(&str, String)]) -> String {
    let mut pages: String = pages.iter().map(|(title, page)| format!("{title}: {page}\n")).collect();
    if !pages.is_empty() {
        pages.push('\n');
    }
    format!("{attribute}: {old} -> {new}\n\n{pages}{DISCLOSURE}\n")
}

/// The trailer by which nixpkgs' contributors disclose that a tool wrote a file.
const DISCLOSURE: &str = "Assisted-by: headwater";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_as_nixpkgs_wants_it() {
        let expected = "foo: init at 1.2.3\n\nhttps://example.org\n\nAssisted-by: headwater\n";
        assert_eq!(message("foo", "1.2.3", Some("https://example.org")), expected);
        assert_eq!(message("foo", "1.2.3", None), "foo: init at 1.2.3\n\nAssisted-by: headwater\n");
        let pages = [("Diff", "https://a.example".to_owned())];
        let expected = "foo: 1.2.3 -> 1.3.0\n\nDiff: https://a.example\n\nAssisted-by: headwater\n";
        assert_eq!(update("foo", "1.2.3", "1.3.0", &pages), expected);
        assert_eq!(update("foo", "1", "2", &[]), "foo: 1 -> 2\n\nAssisted-by: headwater\n");
    }
}
