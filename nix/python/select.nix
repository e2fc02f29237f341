# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Which packages an environment has: those that its roots reach, under the
  markers of the way there.
*/
let
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatMap
    concatStringsSep
    filter
    foldl'
    genericClosure
    head
    isAttrs
    isString
    length
    listToAttrs
    map
    stringLength
    ;
  pep440 = import ./pep440.nix;
  pep508 = import ./pep508.nix;

  set =
    names:
    listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) names
    );

  # Whether one that asks for a Python takes this version.
  allows =
    one: version:
    one.asks == "" || pep440.contains (if one.upperBounds then one.asks else pep440.lowerBounds one.asks) version;

  # An edge is a key, or { package, marker ? null, extras ? [ ] }.
  edge =
    item:
    if isString item then
      {
        package = item;
        marker = null;
        extras = [ ];
      }
    else
      { marker = null; extras = [ ]; } // item;
in
rec {
  /**
    The edges that hold in an environment for a package that is wanted with
    some extras, each as a step: one for the package, one for each extra.

    # Type

    steps :: AttrSet -> [String] -> [Edge] -> [ { key, package, extra } ]
  */
  steps =
    environment: extras: edges:
    concatMap (
      item:
      let
        to = edge item;
        step = extra: {
          # No key and no extra has a space.
          key = "${to.package} ${extra}";
          inherit (to) package;
          inherit extra;
        };
      in
      if pep508.holds environment extras to.marker then [ (step "") ] ++ map step to.extras else [ ]
    ) edges;

  /**
    All steps that the roots lead to.

    uv encodes which of conflicting extras is asked for as an extra of the whole
    project, `extra-8-runtimes-cow6`: it takes an extra that any dependency asks
    for as active when it evaluates such markers. So the extras that were asked
    for count in another round, where a marker looks at them, until none is new.

    # Type

    closure :: AttrSet -> AttrSet -> [Edge] -> [ { key, package, extra } ]
  */
  closure =
    environment: packages: roots:
    let
      of = step: packages.${step.package} or (throw "headwater: there is no package ${step.package}");
      looked = lookedAt packages roots;
      round =
        environment:
        let
          next =
            step:
            let
              package = of step;
              more = steps environment;
            in
            if step.extra == "" then
              more [ ] (package.dependencies or [ ])
            else
              more [ step.extra ] (package.dependencies or [ ])
              ++ more [ step.extra ] (package.optionalDependencies.${step.extra} or [ ]);
          found = genericClosure {
            startSet = steps environment [ ] roots;
            operator = next;
          };
          active = set environment.extras;
          asked = map (step: encoded (of step).name step.extra) (filter (step: step.extra != "") found);
          new = attrNames (set (filter (name: !(active ? ${name}) && looked ? ${name}) asked));
        in
        # `looked` is a walk over all markers: only where an extra was asked for.
        if asked == [ ] || new == [ ] then
          found
        else
          round (environment // { extras = environment.extras ++ new; });
    in
    round environment;

  /**
    An extra of a package as uv encodes it in markers of conflicts.

    # Type

    encoded :: String -> String -> String
  */
  encoded =
    name: extra:
    let
      normal = pep508.normalize name;
    in
    "extra-${toString (stringLength normal)}-${normal}-${pep508.normalize extra}";

  /**
    The project's extras that any marker of these packages and roots looks at.

    # Type

    lookedAt :: AttrSet -> [Edge] -> { extra = null; ... }
  */
  lookedAt =
    packages: roots:
    let
      ofMarker =
        marker:
        if !isAttrs marker then
          [ ]
        else if marker.variable or null == "extras" then
          [ (pep508.normalize marker.value) ]
        else
          concatMap ofMarker (marker.all or marker.any or [ ]);
      ofEdges = concatMap (item: if isString item then [ ] else ofMarker (item.marker or null));
      ofPackage =
        package:
        ofEdges (package.dependencies or [ ])
        ++ concatMap ofEdges (attrValues (package.optionalDependencies or { }));
    in
    set (ofEdges roots ++ concatMap ofPackage (attrValues packages));

  /**
    The keys of all packages that the roots reach, sorted. An edge that leads
    to an unknown key is an error.

    # Type

    reachable :: AttrSet -> AttrSet -> [Edge] -> [String]
  */
  reachable =
    environment: packages: roots:
    attrNames (set (map (step: step.package) (closure environment packages roots)));

  /**
    One sentence for each project of which an environment would have two versions.

    # Type

    conflicts :: AttrSet -> [String] -> [String]
  */
  conflicts =
    packages: keys:
    let
      named = foldl' (
        all: key:
        let
          name = pep508.normalize packages.${key}.name;
        in
        all // { ${name} = all.${name} or [ ] ++ [ key ]; }
      ) { } keys;
    in
    map (list: "${concatStringsSep " and " list} cannot be in one environment") (
      filter (list: length list > 1) (attrValues named)
    );

  /**
    The extras that the roots themselves ask for, by the packages' names.

    # Type

    extrasOf :: AttrSet -> AttrSet -> [Edge] -> { name = [String]; ... }
  */
  extrasOf =
    environment: packages: roots:
    foldl' (
      all: step:
      let
        name = pep508.normalize packages.${step.package}.name;
      in
      all // { ${name} = all.${name} or [ ] ++ [ step.extra ]; }
    ) { } (filter (step: step.extra != "") (steps environment [ ] roots));

  /**
    One sentence for each that does not allow the interpreter, and one that
    names the setting; `asks` is what it asks for (`>=3.8,<3.12`), and without
    `upperBounds` only its lower bounds count.

    # Type

    unsupported :: AttrSet -> [ { title, asks, upperBounds } ] -> [String]
  */
  unsupported =
    environment: askers:
    let
      version = environment.python_full_version;
      refused = filter (one: !(allows one version)) askers;
      # The patch release is the package set's.
      isGood = minor: all (one: any (patch: allows one "3.${minor}.${patch}") [ "0" "99" ]) askers;
      others = filter (minor: "3.${minor}" != environment.python_version) [ "11" "12" "13" "14" "15" ];
      good = filter isGood others;
    in
    if refused == [ ] then
      [ ]
    else
      map (one: "${one.title} asks for Python ${one.asks}, and this is ${version}") refused
      ++ [
        (
          if good == [ ] then
            "no other Python from 3.11 to 3.15 is one that all packages take"
          else
            ''set [python] interpreter = "python3${head good}" in headwater.toml''
        )
      ];

  /**
    One sentence for each whose upper bound does not allow the interpreter and
    does not count.

    # Type

    unlooked :: AttrSet -> [ { title, asks, upperBounds } ] -> [String]
  */
  unlooked =
    environment: askers:
    let
      version = environment.python_full_version;
    in
    map
      (
        one:
        "${one.title} asks for Python ${one.asks}, and this is ${version}; the lockfile's tool does not look at upper bounds, so it is taken"
      )
      (
        filter (
          one: !one.upperBounds && allows one version && !(allows (one // { upperBounds = true; }) version)
        ) askers
      );
}
