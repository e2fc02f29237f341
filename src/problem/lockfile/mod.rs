//! What can be wrong with a lockfile: codes HW100 to HW199. Each names the file, the location where there
//! is one, and the remedy.

mod hw100_invalid_json;
mod hw101_conflict_markers;
mod hw102_not_a_lockfile;
mod hw103_too_old;
mod hw104_not_read_yet;
mod hw105_too_large;
mod hw106_unknown_version;
mod hw110_malformed_entry;
mod hw111_unsafe_location;
mod hw112_outside_project;
mod hw113_duplicate_location;
mod hw114_invalid_name;
mod hw115_invalid_version;
mod hw116_no_version;
mod hw120_unpinned_git;
mod hw121_unusable_git;
mod hw122_refused_scheme;
mod hw123_internal_address;
mod hw124_credentials_in_url;
mod hw125_invalid_url;
mod hw126_file_outside;
mod hw127_dangling_link;
mod hw128_beneath_link;
mod hw130_unknown_integrity;
mod hw131_unsafe_text;
mod hw140_local_in_shrinkwrap;

use super::Problem;

pub use hw100_invalid_json::invalid_json;
pub use hw101_conflict_markers::conflict_markers;
pub use hw102_not_a_lockfile::not_a_lockfile;
pub use hw103_too_old::too_old;
pub use hw104_not_read_yet::not_read_yet;
pub use hw105_too_large::too_large;
pub use hw106_unknown_version::unknown_version;
pub use hw110_malformed_entry::malformed_entry;
pub use hw111_unsafe_location::unsafe_location;
pub use hw112_outside_project::outside_project;
pub use hw113_duplicate_location::duplicate_location;
pub use hw114_invalid_name::invalid_name;
pub use hw115_invalid_version::invalid_version;
pub use hw116_no_version::no_version;
pub use hw120_unpinned_git::unpinned_git;
pub use hw121_unusable_git::unusable_git;
pub use hw122_refused_scheme::refused_scheme;
pub use hw123_internal_address::internal_address;
pub use hw124_credentials_in_url::credentials_in_url;
pub use hw125_invalid_url::invalid_url;
pub use hw126_file_outside::file_outside;
pub use hw127_dangling_link::dangling_link;
pub use hw128_beneath_link::beneath_link;
pub use hw130_unknown_integrity::unknown_integrity;
pub use hw131_unsafe_text::unsafe_text;
pub use hw140_local_in_shrinkwrap::local_in_shrinkwrap;

/// Text from outside, as a message may show it: quoted, control characters escaped, 120 characters at most.
fn shown(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A location as the problem's package: as it is, but for control characters and length.
fn place(location: &str) -> String {
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
