# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Whether Node is a version that the project asks for (`engines`).
*/
rec {
  /**
    Whether a version is in a range: a list of lists of comparisons, of one of
    which all hold.

    # Type

    [ [ { is, version } ] ] -> string -> bool
  */
  allows =
    any: version:
    let
      holds =
        comparison:
        let
          order = builtins.compareVersions version comparison.version;
        in
        {
          "=" = order == 0;
          ">" = order > 0;
          ">=" = order >= 0;
          "<" = order < 0;
          "<=" = order <= 0;
        }
        .${comparison.is};
    in
    builtins.any (builtins.all holds) any;

  /**
    What is to be said of the ranges that a Node does not meet: a sentence each.

    # Type

    { version, ... } -> [ engine ] -> [ string ]
  */
  unmet =
    nodejs: engines:
    let
      version = nodejs.version or (builtins.parseDrvName nodejs.name).version;
      hint =
        engine:
        if engine.attributes == [ ] then
          "no Node of nixpkgs will do"
        else
          "in headwater.toml: [project] nodejs = \"${builtins.head engine.attributes}\""
          + (
            if builtins.length engine.attributes > 1 then
              " (or ${builtins.concatStringsSep ", " (builtins.tail engine.attributes)})"
            else
              ""
          );
    in
    map (
      engine: "${engine.by} asks for node ${engine.range}, and pkgs.nodejs is ${version}; ${hint engine}"
    ) (builtins.filter (engine: !(allows engine.any version)) engines);
}
