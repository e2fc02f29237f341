# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The fetchers of some packs, from the mirrors that are wanted.

  # Type

  { pkgs, sources, packs } -> [String] -> { name = derivation; ... }
*/
{
  pkgs,
  sources,
  packs,
}:
let
  fetchPack = import ./fetch-pack.nix { inherit pkgs sources packs; };
  commitsOnly = (sources.mirrors or "quick") == "commit";
in
names:
builtins.listToAttrs (
  map (name: {
    inherit name;
    value = fetchPack {
      inherit name;
      # A pack without commits has one mirror, whatever is asked for.
      commits = commitsOnly && sources.packs.${name}.commits;
    };
  }) names
)
