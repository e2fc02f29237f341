/**
  Which packages an environment has: those that its roots reach, under the
  markers of the way there.
*/
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    concatStringsSep
    filter
    foldl'
    genericClosure
    isString
    length
    listToAttrs
    map
    ;
  pep508 = import ./pep508.nix;

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
    The keys of all packages that the roots reach, sorted. An edge that leads
    to an unknown key is an error.

    # Type

    reachable :: AttrSet -> AttrSet -> [Edge] -> [String]
  */
  reachable =
    environment: packages: roots:
    let
      of = step: packages.${step.package} or (throw "headwater: there is no package ${step.package}");
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
    in
    attrNames (
      listToAttrs (
        map (step: {
          name = step.package;
          value = null;
        }) found
      )
    );

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
    One sentence for each package that does not allow the interpreter.

    # Type

    unsupported :: AttrSet -> AttrSet -> [String] -> [String]
  */
  unsupported =
    environment: packages: keys:
    let
      version = environment.python_full_version;
      asks = key: packages.${key}.requiresPython or "";
    in
    map (key: "${key} asks for Python ${asks key}, and this is ${version}") (
      filter (key: asks key != "" && !(import ./pep440.nix).contains (asks key) version) keys
    );
}
