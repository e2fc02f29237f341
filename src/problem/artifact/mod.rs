//! Problems of artifacts, registries and the network: HW200 to HW299.

mod hw200_wrong_integrity;
mod hw201_refused_tarball;
mod hw202_missing_package;
mod hw203_unreachable_host;
mod hw204_unreadable_metadata;
mod hw205_refused_address;
mod hw206_no_registry;
mod hw207_case_collision;
mod hw208_access_denied;
mod hw209_failed_download;
mod hw210_no_git_answer;
mod hw211_left_out_submodules;

pub use hw200_wrong_integrity::wrong_integrity;
pub use hw201_refused_tarball::{is_read_differently, refused_tarball};
pub use hw202_missing_package::missing_package;
pub use hw203_unreachable_host::unreachable_host;
pub use hw204_unreadable_metadata::unreadable_metadata;
pub use hw205_refused_address::refused_address;
pub use hw206_no_registry::no_registry;
pub use hw207_case_collision::case_collision;
pub use hw208_access_denied::access_denied;
pub use hw209_failed_download::failed_download;
pub use hw210_no_git_answer::no_git_answer;
pub use hw211_left_out_submodules::left_out_submodules;
