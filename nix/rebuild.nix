# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  One package, built from its commit by its recipe, and packed as for the registry.

  It succeeds whatever the commands end with: what they made decides. The output has `package.tgz` and, unpacked,
  `package`, where it could be packed, else `log`; and `result.json` in any case. What is `strict` has nothing to be
  compared with: it fails with the first command that does.

  # Type

  { pkgs, tools, package, packs, linked, removed } -> derivation
*/
{
  pkgs,
  tools,
  package,
  packs,
  linked,
  removed,
}:
let
  inherit (import ./text.nix) storeName;
  checkout = import ./checkout.nix { inherit pkgs; };
  source = checkout package.source;

  config = {
    inherit (package) name version time recipe;
    strict = package.strict or false;
    inherit (package.source) url commit;
    tag = package.source.tag or null;
    inherit packs linked removed;
    inherit (tools) interpreters nodeHeaders;
    nodejs = "${tools.nodejs}";
    source = "${source}";
    # What the commands find, and may talk to.
    runtime = "${builtins.path {
      path = ./rebuild;
      name = "headwater-rebuild";
    }}";
    date = "${pkgs.coreutils}/bin/date";
    tree = builtins.path {
      path = package.tree;
      name = "tree.json";
    };
    limits = package.limits or { };
  };
  programs = [
    tools.nodejs
    tools.bash
    pkgs.coreutils
    pkgs.findutils
    pkgs.gnused
    pkgs.gnugrep
    pkgs.gawk
    pkgs.diffutils
    pkgs.gnumake
    pkgs.gnupatch
    pkgs.gnutar
    pkgs.gzip
    pkgs.which
    pkgs.python3
  ];
in
derivation (
  tools.common
  // {
    name = "headwater-rebuild-${storeName "${package.name}-${package.version}"}";
    # What a cache gives was not built here, and proves nothing. What is strict proves nothing anyway.
    allowSubstitutes = package.strict or false;
    args = [ "${tools.js}/rebuild.js" ];
    PATH = pkgs.lib.makeBinPath programs;
    config = builtins.toJSON config;
    passAsFile = [ "config" ];
  }
)
// {
  inherit source;
}
