# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Which locations of node_modules a platform has, and which packs they need.
*/
let
  platform = import ./platform.nix;
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    filter
    foldl'
    listToAttrs
    map
    ;
  set =
    names:
    listToAttrs (
      map (name: {
        inherit name;
        value = true;
      }) names
    );
in
rec {
  /**
    The locations that go on a platform: an optional package that does not fit
    takes its whole optional set with it.

    # Type

    removed :: words -> AttrSet -> { location = true; ... }
  */
  removed =
    have: bound:
    set (
      concatMap (
        location:
        let
          package = bound.${location};
        in
        if package.optional && !platform.supports have package then
          [ location ] ++ package.without or [ ]
        else
          [ ]
      ) (attrNames bound)
    );

  /**
    Whether a location is among removed ones, or lies in one.

    # Type

    isGone :: { location = any; ... } -> String -> Bool
  */
  isGone =
    gone: location:
    let
      # The nearest package around it: the first part takes all it can.
      outer = builtins.match "(.+)/node_modules/.*" location;
    in
    gone ? ${location} || (outer != null && isGone gone (builtins.head outer));

  /**
    One sentence for each package that is not optional, is still there, and
    does not fit.

    # Type

    unsupported :: words -> AttrSet -> [String]
  */
  unsupported =
    have: bound:
    let
      gone = removed have bound;
      wantsOf =
        package: kind:
        let
          list = package.${kind} or [ ];
        in
        if list == [ ] then [ ] else [ "${kind} ${concatStringsSep " " list}" ];
      wants = package: concatStringsSep ", " (concatMap (wantsOf package) kinds);
      kinds = [
        "os"
        "cpu"
        "libc"
      ];
    in
    map (location: "${location} asks for ${wants bound.${location}}") (
      filter (
        location:
        let
          package = bound.${location};
        in
        !package.optional && !(gone ? ${location}) && !platform.supports have package
      ) (attrNames bound)
    );

  /**
    The packs that a platform needs: all but those whose every location is
    bound to other platforms, so that these are not even downloaded.

    # Type

    neededPacks :: words -> AttrSet -> [String] -> [String]
  */
  neededPacks =
    have: bound: names:
    let
      gone = removed have bound;
      locations = attrNames bound;
      packOf = l: if bound.${l} ? pack then [ bound.${l}.pack ] else [ ];
      packsOf = list: set (concatMap packOf list);
      kept = packsOf (filter (l: !(gone ? ${l})) locations);
      all = packsOf locations;
    in
    filter (name: !(all ? ${name}) || kept ? ${name}) names;

  /**
    How the members of a built package are made: from the output of another
    built package, or from their pack. Two that depend on each other would wait
    for each other forever, so within such a circle packs are used.

    # Type

    memberSource :: AttrSet -> String -> String -> "built" | "pack"
  */
  memberSource =
    built: location: member:
    let
      isIn = tree: elem location (map (m: m.path) tree);
      isBuilt = member != location && built ? ${member} && !(isIn built.${member}.tree);
    in
    if isBuilt then "built" else "pack";

  /**
    An attribute of the package set by its dotted path.

    # Type

    input :: AttrSet -> String -> derivation
  */
  input =
    pkgs: path:
    let
      names = filter builtins.isString (builtins.split "\\." path);
      missing = throw "headwater: buildInputs names ${path}, which the package set does not have";
    in
    foldl' (at: name: at.${name} or missing) pkgs names;
}
