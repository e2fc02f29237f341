//! stub
use super::reading::Reading;use crate::graph::pypi::PyGraph;pub fn read(_: &mut Reading<'_>) -> Option<PyGraph> { None }
