/**
  The development shell: node, npm, and a node_modules that links to the store.

  # Type

  { pkgs, tools, packages, removed, tree } -> derivation
*/
{
  pkgs,
  tools,
  packages,
  removed,
  tree,
}:
let
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
in
pkgs.mkShell {
  name = "${packages.pname}-shell";
  packages =
    [ tools.nodejs ]
    ++ map (select.input pkgs) (packages.nativeBuildInputs or [ ])
    ++ own.packages;
  buildInputs = map (select.input pkgs) libraries;
  shellHook = ''
    ${tools.exports (packages.env or { })}headwaterProject=$(
      ${tools.interpreters.bash} ${./shell.sh} \
        ${tree} ${tools.interpreters.node} ${tools.js}/shell.js
    )
    # Last, so that no package's program hides one of the shell's own.
    if [ -n "$headwaterProject" ]; then export PATH="$PATH:$headwaterProject/node_modules/.bin"; fi
    ${own.hook}
    unset headwaterProject
  '';
}
