//! The page of a package, as distributions write it.

/// A home page without the anchor of a README or the end of a clone's address, and without a slash where there is no path.
pub fn page(page: &str) -> String {
    let page = page.strip_suffix("#readme").unwrap_or(page);
    let page = page.strip_suffix(".git").unwrap_or(page);
    let has_path = page.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/').contains('/'));
    if has_path { page.to_owned() } else { page.trim_end_matches('/').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_without_what_nobody_needs() {
        for (text, plain) in [
            ("https://github.com/o/r#readme", "https://github.com/o/r"),
            ("https://github.com/o/r.git", "https://github.com/o/r"),
            ("https://mochajs.org/", "https://mochajs.org"),
            ("https://example.org/a/", "https://example.org/a/"),
        ] {
            assert_eq!(page(text), plain);
        }
    }
}
