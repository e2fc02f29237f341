# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The files of one commit of a git repository.

  # Type

  { pkgs } -> { url, commit, hash, submodules ? false, lfs ? false, ... } -> derivation
*/
{ pkgs }:
source:
pkgs.fetchgit (
  {
    inherit (source) url hash;
    rev = source.commit;
    fetchSubmodules = source.submodules or false;
  }
  // (if source.lfs or false then { fetchLFS = true; } else { })
)
