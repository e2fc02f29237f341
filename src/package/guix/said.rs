//! What the user's own Guix says.

use crate::progress::Progress;
use crate::upstream::guix::listing::Listing;
use crate::world::World;
use crate::world::guix::{self, GuixError};

/// What the user's Guix has, and one sentence about it.
pub(super) async fn listing(world: &World, progress: Progress) -> (Listing, String) {
    let _waiting = progress.waiting("asking Guix what it has");
    let listed = guix::packages(&world.cache).await.map(|text| Listing::read(&text));
    let without = |why: &str| {
        (
            Listing::default(),
            format!("{why}: names of inputs are those that Guix would give, and nothing was checked"),
        )
    };
    match listed {
        Ok(listing) if listing.is_empty() => without("your Guix names no packages"),
        Ok(listing) => {
            let count = listing.rows().len();
            (listing, format!("inputs are looked up among the {count} packages of your own Guix"))
        }
        Err(GuixError::Absent) => without("there is no guix to ask"),
        Err(error) => without(&format!("guix repl fails ({error})")),
    }
}
