# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Packages with install scripts or patches: a derivation each, that sees the
  package and its own dependencies and nothing else, so that its output stays
  whatever else the project bumps.

  # Type

  { pkgs, tools, patch, packages, packPaths, linked, downloads, removed } -> { location = derivation; ... }

  `patch` gives the file of a patch that headwater.toml names.
*/
{
  pkgs,
  tools,
  patch,
  packages,
  packPaths,
  linked,
  downloads,
  removed,
}:
let
  select = import ./select.nix;
  gone = builtins.listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) removed
  );
  wanted = removeAttrs packages.built removed;

  sourceOf =
    location: member:
    if select.memberSource wanted location member.path == "built" then
      "${built.${member.path}}/package"
    else
      linked."${member.pack}/${member.folder}" or "${packPaths.${member.pack}}/${member.folder}";

  # Where it is written that an optional package could not be built: beside its folder, in which it writes itself.
  failedOf =
    location: member:
    if select.memberSource wanted location member.path == "built" then
      built.${member.path}.failed
    else
      null;

  build =
    location: package:
    let
      config = {
        inherit location;
        inherit (package)
          name
          version
          scripts
          optional
          ;
        inherit (tools) interpreters nodeHeaders;
        nodejs = "${tools.nodejs}";
        env = downloads.found (package.downloads or [ ]) // package.env or { };
        members = map (member: {
          inherit (member) path;
          bin = member.bin or { };
          source = sourceOf location member;
          failed = failedOf location member;
        }) (builtins.filter (member: !(select.isGone gone member.path)) package.tree);
        patches = map patch (package.patches or [ ]);
      };
      inputs = map (select.input pkgs) (package.buildInputs or [ ]);
    in
    pkgs.stdenv.mkDerivation {
      name = "headwater-built-${safeName "${package.name}-${package.version}"}";
      nativeBuildInputs = [
        tools.nodejs
        pkgs.python3
      ]
      ++ (if pkgs ? pkg-config then [ pkgs.pkg-config ] else [ ])
      # Tools among them are found on PATH, libraries by the compiler.
      ++ inputs;
      buildInputs = inputs;
      config = builtins.toJSON config;
      passAsFile = [ "config" ];
      __structuredAttrs = false;
      dontUnpack = true;
      dontConfigure = true;
      dontInstall = true;
      # Shebangs are done, and other people's binaries may not survive stripping.
      dontFixup = true;
      buildPhase = ''
        node ${tools.js}/lifecycle.js
      '';
      passthru = {
        without = if package.optional then package.without or [ ] else [ ];
      };
    };

  # A package name in letters that the store takes.
  safeName =
    name:
    builtins.replaceStrings
      [ "@" "/" "~" "!" "'" "(" ")" "*" ]
      [ "" "-" "-" "-" "-" "-" "-" "-" ]
      name;

  built = builtins.mapAttrs (
    location: package:
    let
      drv = build location package;
    in
    drv // { failed = if package.optional then "${drv}/failed" else null; }
  ) wanted;
in
built
