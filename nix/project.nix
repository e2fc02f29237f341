/**
  The project: built if it has a build script, and installed with the
  node_modules that it needs to run.

  # Type

  { pkgs, tools, source, packages, developmentTree, productionTree, sourceProvenance, passthru } -> derivation
*/
{
  pkgs,
  tools,
  source,
  packages,
  developmentTree,
  productionTree,
  sourceProvenance,
  passthru,
}:
let
  scripts = builtins.filter (script: script.inBuild) packages.scripts;
  compiles = builtins.any (
    script: builtins.match ".*(node-gyp|node-pre-gyp|prebuild).*" script.command != null
  ) scripts;
  config = {
    inherit (packages)
      pname
      version
      name
      bins
      start
      files
      workspaces
      ;
    inherit (tools) interpreters nodeHeaders;
    inherit scripts;
    nodejs = "${tools.nodejs}";
    production = "${productionTree}";
  };
  mainProgram = packages.mainProgram or null;
in
pkgs.stdenv.mkDerivation (
  {
    inherit (packages) pname version;
    src = source;
    nativeBuildInputs = [ tools.nodejs ] ++ (if compiles then [ pkgs.python3 ] else [ ]);
    config = builtins.toJSON config;
    passAsFile = [ "config" ];
    __structuredAttrs = false;
    strictDeps = true;

    configurePhase = ''
      runHook preConfigure
      export HOME=$TMPDIR npm_config_cache=$TMPDIR/npm-cache npm_config_offline=true \
        npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
      node ${tools.js}/project.js prepare
      runHook postConfigure
    '';
    # Without scripts the development tree is not even made. Nix's builders have a
    # terminal and nobody at it: a script must not see it, or it asks, gets no
    # answer and may end well with nothing built.
    buildPhase = ''
      runHook preBuild
      ${if scripts == [ ] then "" else "node ${tools.js}/own-scripts.js"}
      ${if packages.build then "(set -o pipefail; npm run build < /dev/null 2>&1 | cat)" else ""}
      runHook postBuild
    '';
    installPhase = ''
      runHook preInstall
      node ${tools.js}/project.js install
      runHook postInstall
    '';
    # Shebangs are done, and other people's binaries may not survive stripping.
    dontStrip = true;
    dontPatchELF = true;
    dontPatchShebangs = true;

    inherit passthru;
    meta = {
      description = packages.description or "";
      inherit sourceProvenance;
    }
    // (if mainProgram == null then { } else { inherit mainProgram; });
  }
  // (if packages.build || scripts != [ ] then { developmentTree = "${developmentTree}"; } else { })
)
