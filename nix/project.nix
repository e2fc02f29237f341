# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The project: built by its scripts, if it has any, and installed with the
  node_modules that it needs to run.

  # Type

  { pkgs, tools, source, patch, packages, downloads, developmentTree, productionTree, sourceProvenance, passthru } -> derivation
*/
{
  pkgs,
  tools,
  source,
  patch,
  packages,
  downloads,
  developmentTree,
  productionTree,
  sourceProvenance,
  passthru,
}:
let
  inherit (import ./select.nix) input;
  inherit (pkgs.lib) concatMapStrings escapeShellArg makeBinPath;

  # The folder that is the result, instead of the project with its node_modules.
  output = packages.output or null;
  wrap = packages.wrap or { };
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
    inherit output;
    nodejs = "${tools.nodejs}";
    production = if output == null then "${productionTree}" else null;
    programs = packages.programs or { };
    wrap = {
      path = map (name: makeBinPath [ (input pkgs name) ]) (wrap.path or [ ]);
      env = wrap.env or { };
    };
    runtime = {
      inherit (downloads.run) variables;
      path = map (program: "${program}/bin") downloads.run.programs;
    };
  };
  inputs = map (input pkgs) (packages.buildInputs or [ ]);
  mainProgram = packages.mainProgram or null;
in
pkgs.stdenv.mkDerivation (
  downloads.build.variables
  // {
    inherit (packages) pname version;
    src = source;
    patches = map patch (packages.patches or [ ]);
    # Tools among the libraries are found on PATH, libraries by the compiler.
    nativeBuildInputs = [
      tools.nodejs
    ]
    ++ map (input pkgs) (packages.nativeBuildInputs or [ ])
    ++ inputs
    ++ (if compiles then [ pkgs.python3 ] else [ ])
    ++ downloads.build.programs;
    buildInputs = inputs;
    config = builtins.toJSON config;
    passAsFile = [ "config" ];
    __structuredAttrs = false;
    strictDeps = true;

    configurePhase = ''
      runHook preConfigure
      export HOME=$TMPDIR npm_config_cache=$TMPDIR/npm-cache npm_config_offline=true \
        npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
      ${tools.exports (packages.env or { })}node ${tools.js}/project.js prepare
      runHook postConfigure
    '';
    # Without scripts the development tree is not even made. Nix's builders have a
    # terminal and nobody at it: a script must not see it, or it asks, gets no
    # answer and may end well with nothing built.
    buildPhase = ''
      runHook preBuild
      ${if scripts == [ ] then "" else "node ${tools.js}/own-scripts.js"}
      ${concatMapStrings (
        script: "(set -o pipefail; npm run ${escapeShellArg script} < /dev/null 2>&1 | cat)\n"
      ) packages.build}runHook postBuild
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
  // (
    if packages.build != [ ] || scripts != [ ] then
      { developmentTree = "${developmentTree}"; }
    else
      { }
  )
)
