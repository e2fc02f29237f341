# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Packages with programs and libraries that their publisher compiled: a copy of
  each whose ELF files have the package set's loader, and find their libraries.
  What other systems have needs nothing of the kind, and a pack must stay as its
  hash says.

  # Type

  { pkgs, tools, packPaths, packages } -> { "PACK/FOLDER" = store path; ... }
*/
{
  pkgs,
  tools,
  packPaths,
  packages,
}:
let
  select = import ./select.nix;

  # What a system of Linux mostly has; a package asks for more by its buildInputs.
  common = [
    pkgs.stdenv.cc.cc
    pkgs.zlib
  ];

  link =
    package:
    derivation (
      tools.common
      // {
        name = "headwater-linked-${package.folder}";
        args = [ "${tools.js}/linked.js" ];
        PATH = "${pkgs.patchelf}/bin";
        title = package.name;
        source = "${packPaths.${package.pack}}/${package.folder}";
        loader = pkgs.stdenv.cc.bintools.dynamicLinker;
        libraries = map (input: "${pkgs.lib.getLib input}/lib") (
          map (select.input pkgs) (package.buildInputs or [ ]) ++ common
        );
      }
    );
in
if pkgs.stdenv.hostPlatform.isLinux then
  builtins.listToAttrs (
    map (package: {
      name = "${package.pack}/${package.folder}";
      value = "${link package}";
    }) (builtins.attrValues packages)
  )
else
  { }
