//! The nixpkgs whose names and versions count.

use crate::settings;
use crate::world::asking::Asking;
use crate::world::nix::{self, Nixpkgs};

/// The one that the user names, or `<nixpkgs>`; `None` where there is none.
pub(super) async fn nixpkgs(settings: &settings::Package) -> Option<Nixpkgs> {
    match &settings.nixpkgs {
        Some(nixpkgs) => Some(nixpkgs.clone()),
        // An entry of NIX_PATH may be an address.
        None if settings.asking == Asking::Offline => None,
        None => nix::usual_nixpkgs().await.map(Nixpkgs::At),
    }
}
