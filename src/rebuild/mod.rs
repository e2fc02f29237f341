//! Packages built again from their commits: how each is built, which tools that takes, and how close the result comes
//! to what the registry serves.

pub mod class;
pub mod compare;
mod eligible;
pub mod ended;
pub mod infer;
pub mod overriding;
pub mod prune;
pub mod recipe;
pub mod roots;

pub use class::Class;
pub use eligible::{eligible, eligible_wheel, is_built, is_verbatim};
pub use overriding::RecipeOverride;
pub use recipe::{Level, Packer, Recipe, Step};

/// The tools of a build, in words.
pub fn tools_not_rebuilt(count: usize) -> String {
    match count {
        0 => "no tools".to_owned(),
        1 => "1 tool that is not rebuilt".to_owned(),
        many => format!("{many} tools that are not rebuilt"),
    }
}

/// The day of a time in seconds since 1970, in UTC: `YYYY-MM-DD`.
pub fn day(time: u64) -> String {
    let time = i64::try_from(time).ok().and_then(|time| jiff::Timestamp::from_second(time).ok());
    time.unwrap_or_default().strftime("%Y-%m-%d").to_string()
}
