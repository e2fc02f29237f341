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
  mainProgram = packages.mainProgram or null;
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
    buildCommand = ''
      ${tools.interpreter} ${builtins.concatStringsSep " " (tools.run "application.py")}
    '';
    inherit passthru;
    meta = {
      description = packages.description or "";
      inherit sourceProvenance;
    }
    // (if mainProgram == null then { } else { inherit mainProgram; });
  }
)
