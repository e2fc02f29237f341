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
    One sentence for each package that is not optional, is still there, and
    does not fit.

    # Type

    unsupported :: words -> AttrSet -> [String]
  */
  unsupported =
    have: bound:
    let
      gone = removed have bound;
      wants =
        package:
        concatStringsSep ", " (
          concatMap (
            kind:
            let
              list = package.${kind} or [ ];
            in
            if list == [ ] then [ ] else [ "${kind} ${concatStringsSep " " list}" ]
          ) [ "os" "cpu" "libc" ]
        );
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
      packsOf = list: set (concatMap (l: if bound.${l} ? pack then [ bound.${l}.pack ] else [ ]) list);
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
    if
      member != location
      && built ? ${member}
      && !(elem location (map (m: m.path) built.${member}.tree))
    then
      "built"
    else
      "pack";

  /**
    An attribute of the package set by its dotted path.

    # Type

    input :: AttrSet -> String -> derivation
  */
  input =
    pkgs: path:
    foldl' (
      at: name:
      at.${name} or (throw "headwater: buildInputs names ${path}, and the package set has no such attribute")
    ) pkgs (filter builtins.isString (builtins.split "\\." path));
}
