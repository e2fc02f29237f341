# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  node_modules, laid out from the packs by one derivation.

  Nix only picks the packs; where each package goes is in tree.json, which the
  builder reads and the evaluator does not.

  # Type

  { tools, tree, packs, built, linked, removed } -> { production :: Bool } -> derivation
*/
{
  tools,
  tree,
  packs,
  built,
  linked,
  removed,
}:
let
  config = {
    inherit packs linked removed;
    inherit (tools) interpreters;
    tree = builtins.path {
      path = tree;
      name = "tree.json";
    };
    built = builtins.mapAttrs (_: drv: {
      path = "${drv}/package";
      inherit (drv) failed without;
    }) built;
  };
in
{ production }:
derivation (
  tools.common
  // {
    name = if production then "headwater-production-modules" else "headwater-node-modules";
    args = [ "${tools.js}/layout.js" ];
    config = builtins.toJSON (config // { inherit production; });
    # Hundreds of packs would be too long for an environment variable.
    passAsFile = [ "config" ];
    preferLocalBuild = true;
  }
)
