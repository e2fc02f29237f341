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
mod hw150_unpinned_requirement;
mod hw151_unknown_option;
mod hw152_invalid_requirement;
mod hw153_invalid_marker;
mod hw154_weak_hash;
mod hw155_invalid_hash;
mod hw156_missing_hash;
mod hw157_contradiction;
mod hw158_bad_include;
mod hw159_unreadable;
mod hw160_unknown_lock_version;
mod hw161_missing_dependency;
mod hw162_no_python_lock;
mod hw163_several_locks;
mod hw164_unset_variable;
mod hw165_invalid_project_name;
mod hw166_no_manifest;
mod hw167_foreign_repository;
mod hw168_unknown_member;

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
pub use hw150_unpinned_requirement::unpinned_requirement;
pub use hw151_unknown_option::unknown_option;
pub use hw152_invalid_requirement::invalid_requirement;
pub use hw153_invalid_marker::invalid_marker;
pub use hw154_weak_hash::weak_hash;
pub use hw155_invalid_hash::invalid_hash;
pub use hw156_missing_hash::missing_hash;
pub use hw157_contradiction::contradiction;
pub use hw158_bad_include::bad_include;
pub use hw159_unreadable::unreadable;
pub use hw160_unknown_lock_version::unknown_lock_version;
pub use hw161_missing_dependency::missing_dependency;
pub use hw162_no_python_lock::{no_lock_in_member, no_python_lock};
pub use hw163_several_locks::several_locks;
pub use hw164_unset_variable::unset_variable;
pub use hw165_invalid_project_name::invalid_project_name;
pub use hw166_no_manifest::no_manifest;
pub use hw167_foreign_repository::foreign_repository;
pub use hw168_unknown_member::{no_members, unknown_member};

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
