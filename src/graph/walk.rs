//! How an edge finds its target, and the sets that npm installs or drops together.
