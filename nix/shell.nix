# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The development shell: node, npm, and a node_modules that links to the store, or
  has copies for tools that keep to the project's folder.

  # Type

  { pkgs, tools, packages, downloads, removed, tree } -> derivation
*/
{
  pkgs,
  tools,
  packages,
  downloads,
  removed,
  tree,
}:
let
  inherit (pkgs.lib) escapeShellArg;
  select = import ./select.nix;
  # What the project's own scripts are given in its build.
  libraries =
    builtins.concatMap (package: package.buildInputs or [ ]) (
      builtins.attrValues (removeAttrs packages.built removed)
    )
    ++ packages.buildInputs or [ ];
  own = import ./shell-scripts.nix {
    inherit pkgs tools tree;
    inherit (packages) scripts;
  };
  shell = packages.shell or {
    modules = "link";
    why = "";
  };
in
pkgs.mkShell {
  name = "${packages.pname}-shell";
  packages =
    [ tools.nodejs ]
    ++ map (select.input pkgs) (packages.nativeBuildInputs or [ ])
    ++ own.packages
    ++ downloads.shell.programs;
  buildInputs = map (select.input pkgs) libraries;
  shellHook = ''
    ${tools.exports (packages.env or { })}
    # Somebody's own value stays.
    ${builtins.concatStringsSep "\n" (
      map (name: ''
        if [ -z "''${${name}-}" ]; then export ${name}=${escapeShellArg downloads.shell.variables.${name}}; fi
      '') (builtins.attrNames downloads.shell.variables)
    )}
    headwaterProject=$(
      ${tools.interpreters.bash} ${./shell.sh} \
        ${tree} ${tools.interpreters.node} ${tools.js}/shell.js ${shell.modules} ${escapeShellArg shell.why}
    )
    # Last, so that no package's program hides one of the shell's own.
    if [ -n "$headwaterProject" ]; then export PATH="$PATH:$headwaterProject/node_modules/.bin"; fi
    ${own.hook}
    unset headwaterProject
  '';
}
