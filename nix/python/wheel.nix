# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  One package, built to a wheel from its source: PEP 517, in an environment of
  exactly its build requirements.

  The outputs: `out`, the wheel laid out below the interpreter's site-packages;
  `dist`, the wheel file itself.

  # Type

  { pkgs, tools, environment, sourceOf, packs, packPaths, patch, wheels, upperBounds } -> package -> derivation
*/
{
  pkgs,
  tools,
  environment,
  sourceOf,
  packs,
  packPaths,
  patch,
  wheels,
  upperBounds,
}:
let
  pep508 = import ./pep508.nix;
  text = import ../text.nix;
  inherit (import ../select.nix) input;
  inherit (import ../source.nix) alone;
  checkout = import ../checkout.nix { inherit pkgs; };

  # A requirement of the list is a key, or a key with a marker.
  required =
    list:
    builtins.listToAttrs (
      builtins.concatMap (
        item:
        let
          key = item.package or item;
        in
        if builtins.isString item || pep508.evaluate environment (item.marker or null) then
          [
            {
              name = key;
              value = "${wheels.${key} or (throw "headwater: there is no package ${key}, which a build asks for")}";
            }
          ]
        else
          [ ]
      ) list
    );
in
package:
let
  title = "${package.name} ${package.version}";
  inputs = map (input pkgs) (package.buildInputs or [ ]);
  programs = map (input pkgs) (package.nativeBuildInputs or [ ]);
  hasCrates = package ? crates;

  config = mode: {
    inherit mode;
    inherit (package) name version;
    inherit (tools) sitePackages;
    source = sourceOf package;
    inherit upperBounds;
    # The project's own code may have a new version since it was converted.
    isOwn = builtins.isString package.source || package.source ? local;
    subdirectory = package.subdirectory or null;
    requires = required (package.requires or [ ]);
    unmet = package.unmet or [ ];
    copy = package.copy or [ ];
    env = package.env or { };
    configSettings = package.configSettings or null;
    crates =
      if hasCrates then
        {
          files = "${packPaths.${package.crates.pack}}";
          folder = package.crates.folder or ".";
          git = map (source: {
            inherit (source) source;
            files = "${checkout source}";
          }) (package.crates.git or [ ]);
          lock =
            if package.crates.lock or null == null then
              null
            else
              alone {
                src = packs;
                path = package.crates.lock;
                name = "Cargo.lock";
              };
        }
      else
        null;
    patches = map patch (package.patches or [ ]);
  };

  shared = mode: {
    inherit title;
    name = text.storeName "headwater-${
      if mode == "wheel" then "wheel" else "requirements"
    }-${package.name}-${package.version}";
    config = builtins.toJSON (config mode);
    passAsFile = [ "config" ];
    outputs = if mode == "wheel" then [ "out" "dist" ] else [ "out" ];
  };

  # The compiler comes with stdenv, which costs more than a bare derivation.
  native =
    mode:
    pkgs.stdenv.mkDerivation (
      tools.variables
      // shared mode
      // {
        nativeBuildInputs = [
          pkgs.pkg-config
        ]
        ++ (
          if hasCrates then
            [
              pkgs.cargo
              pkgs.rustc
            ]
          else
            [ ]
        )
        # Tools among the libraries are found on PATH, libraries by the compiler.
        ++ programs
        ++ inputs;
        buildInputs = inputs;
        buildCommand = ''
          ${tools.interpreter} ${builtins.concatStringsSep " " (tools.run "build.py")}
        '';
      }
    );

  isNative = package.native or false || hasCrates || inputs != [ ] || programs != [ ];
  make =
    mode:
    if isNative then native mode else derivation (tools.common // shared mode // { args = tools.run "build.py"; });

  built = make "wheel";
in
built
// {
  /**
    What the backend asks for, as JSON: `backend`, `static`, `dynamic`.
  */
  requirements = make "requirements";
}
