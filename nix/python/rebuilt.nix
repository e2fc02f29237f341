# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Checks that wheels come out as when `headwater verify` compared them with the
  index's: one for each that was the same. `rebuilds` is the folder of what was
  recorded; without it there are none.

  # Type

  { tools, wheels, rebuilds } -> { name = derivation; ... }
*/
{
  tools,
  wheels,
  rebuilds,
}:
let
  text = import ../text.nix;

  file = rebuilds + "/wheels.json";
  recorded =
    if rebuilds != null && builtins.pathExists file then
      builtins.fromJSON (builtins.readFile file)
    else
      { };

  check = key: expected: {
    name = "rebuilt-${key}";
    value = derivation (
      tools.common
      // {
        name = text.storeName "headwater-rebuilt-as-before-${key}";
        title = key;
        args = tools.run "rebuilt.py";
        config = builtins.toJSON {
          inherit expected;
          dist = "${wheels.${key}.dist}";
        };
        passAsFile = [ "config" ];
        preferLocalBuild = true;
      }
    );
  };
in
builtins.listToAttrs (
  builtins.attrValues (builtins.mapAttrs check (builtins.intersectAttrs wheels recorded))
)
