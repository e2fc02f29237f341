//! What Rust extensions are compiled from.
use super::*;
pub struct Packed {
    pub crates: BTreeMap<planner::Key, Crates>,
    pub packs: BTreeMap<String, Pack>,
}
pub async fn all(
    _: &Arc<Surroundings>,
    _: &builds::Routed<'_>,
    _: &builds::Planned,
    _: Progress,
) -> Result<Packed, Failure> {
    Ok(Packed { crates: BTreeMap::new(), packs: BTreeMap::new() })
}
