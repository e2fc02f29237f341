# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The project, installed: its programs, over the environment that it runs in.

  # Type

  { pkgs, tools, packages, environment, wheel, source, sourceProvenance, passthru } -> derivation

  `wheel` is the project's own, or null for one that is not built; such a
  project is copied from `source` and has the programs that `packages` lists.
  `sourceProvenance` is that of all that is in the environment.
*/
{
  pkgs,
  tools,
  packages,
  environment,
  wheel,
  source,
  sourceProvenance,
  passthru,
}:
let
  inherit (pkgs.lib) concatStringsSep escapeShellArgs makeBinPath;
  inherit (import ../select.nix) input;

  mainProgram = packages.mainProgram or null;
  wrap = packages.wrap or { };
  path = map (input pkgs) (wrap.path or [ ]);
  wrapping =
    (if path == [ ] then [ ] else [ "--prefix" "PATH" ":" (makeBinPath path) ])
    ++ builtins.concatMap (name: [ "--set" name wrap.env.${name} ]) (builtins.attrNames (wrap.env or { }));
in
pkgs.stdenvNoCC.mkDerivation (
  tools.variables
  // {
    inherit (packages) pname version;
    config = builtins.toJSON {
      inherit (packages) pname;
      inherit (tools) sitePackages;
      environment = "${environment}";
      wheel = if wheel == null then null else "${wheel}";
      source = if wheel == null then "${source}" else null;
      programs = packages.programs or { };
      mainProgram = mainProgram;
    };
    passAsFile = [ "config" ];
    nativeBuildInputs = if wrapping == [ ] then [ ] else [ pkgs.makeWrapper ];
    buildCommand = ''
      ${tools.interpreter} ${concatStringsSep " " (tools.run "application.py")}
    ''
    + (
      if wrapping == [ ] then
        ""
      else
        ''
          for program in $out/bin/*; do
            [ -e "$program" ] || continue
            wrapProgram "$program" ${escapeShellArgs wrapping}
          done
        ''
    );
    inherit passthru;
    meta = {
      description = packages.description or "";
      inherit sourceProvenance;
    }
    // (if mainProgram == null then { } else { inherit mainProgram; });
  }
)
