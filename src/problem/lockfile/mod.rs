//! What can be wrong with a lockfile: HW100 to HW168.

pub(super) mod address;
pub(super) mod entry;
pub(super) mod file;
mod managers;
pub(super) mod python;

pub use address::*;
pub use entry::*;
pub use file::*;
pub use managers::*;
pub use python::*;

/// Text from outside, as a message may show it: quoted, control characters escaped, 120 characters at most.
fn shown(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A location as the problem's package: as it is, but for control characters and length.
fn named(location: &str) -> String {
    let printable = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut text: String = location.chars().take(300).map(printable).collect();
    if location.chars().nth(300).is_some() {
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_escaped_and_cut() {
        let problem =
            invalid_name("package-lock.json", "node_modules/x", &format!("\u{1b}[2J{}", "é".repeat(500)));
        assert!(!problem.message.contains('\u{1b}'), "{}", problem.message);
        assert!(problem.message.chars().count() < 200, "{}", problem.message);
        let problem = duplicate_location("package-lock.json", &format!("\u{1b}[2J{}", "é".repeat(500)));
        let package = problem.package.unwrap_or_default();
        assert!(!package.contains('\u{1b}') && package.ends_with("..."), "{package}");
    }
}
