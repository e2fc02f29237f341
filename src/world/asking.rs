//! How much of what is known already is believed, and whether anybody is asked at all.

/// Said of a host that was not asked because the user wants it so.
pub const OFFLINE: &str = "offline: nothing is asked of the network";

/// What a run asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// What is not known, or may have changed since.
    #[default]
    Usual,
    /// All that can change, whatever the cache says of it: metadata, refs, resolutions.
    Refresh,
    /// Nothing: what the cache has, however old, is all there is.
    Offline,
}
