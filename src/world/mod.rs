//! The only room with network, processes and disk.
