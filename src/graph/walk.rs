//! How an edge finds its target, and the sets that npm installs or drops together.
// STUB until merge
use super::*;
use std::collections::BTreeSet;
impl Graph {
    pub fn closure(&self, _from: &Location, _kinds: &[EdgeKind]) -> BTreeSet<Location> {
        BTreeSet::new()
    }
    pub fn optional_set(&self, _failed: &Location) -> BTreeSet<Location> {
        BTreeSet::new()
    }
}
