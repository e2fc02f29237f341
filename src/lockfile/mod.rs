//! npm lockfiles and their kin: text in, graph out.
