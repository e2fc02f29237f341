# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Packs made from the project's own files: a packed copy of a folder, or a
  tarball that lies in the project.

  # Type

  { pkgs, tools, src, exclude } -> name -> local package -> derivation
*/
{
  pkgs,
  tools,
  src,
  exclude,
}:
let
  inherit (import ./source.nix) alone;
in
name: package:
derivation (
  tools.common
  // {
    name = "headwater-${name}";
    args = [ "${tools.js}/local.js" ];
    PATH = builtins.concatStringsSep ":" [
      "${pkgs.gnutar}/bin"
      "${pkgs.gzip}/bin"
      "${pkgs.bash}/bin"
      "${pkgs.coreutils}/bin"
      "${tools.nodejs}/bin"
    ];
    inherit (package) kind folder;
    hash = if package.hash or null == null then "" else package.hash;
    nodejs = "${tools.nodejs}";
    shownPath = package.path;
    source = alone {
      inherit src exclude;
      inherit (package) path;
      name = "headwater-local";
      keep = name: !(builtins.elem name [ "node_modules" ".git" ]);
    };
  }
)
