//! NAR serialisation and its hash.
