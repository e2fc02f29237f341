/**
  The few functions of nixpkgs' `lib` that emitted code and tests use.
*/
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    foldl'
    genList
    head
    isAttrs
    isFunction
    isList
    length
    listToAttrs
    map
    replaceStrings
    stringLength
    substring
    tail
    ;

  lib = rec {
    inherit (builtins)
      all
      any
      attrNames
      attrValues
      compareVersions
      concatLists
      concatMap
      concatStringsSep
      elem
      elemAt
      filter
      foldl'
      fromJSON
      genList
      getAttr
      hasAttr
      head
      intersectAttrs
      isAttrs
      isBool
      isFunction
      isInt
      isList
      isString
      length
      listToAttrs
      mapAttrs
      match
      pathExists
      readFile
      removeAttrs
      replaceStrings
      sort
      split
      stringLength
      substring
      tail
      toJSON
      trace
      ;

    # Fixed points and packages.
    id = x: x;
    const = x: _: x;
    flip =
      f: a: b:
      f b a;
    fix =
      f:
      let
        x = f x;
      in
      x;
    extends =
      overlay: f: final:
      let
        prev = f final;
      in
      prev // overlay final prev;
    composeExtensions =
      f: g: final: prev:
      let
        first = f final prev;
      in
      first // g final (prev // first);
    makeOverridable =
      f: args:
      let
        result = f args;
        again = g: makeOverridable (x: g (f x)) args;
      in
      if isAttrs result then
        result
        // {
          override = new: makeOverridable f (args // (if isFunction new then new args else new));
          overrideDerivation = g: again (old: derivation (old.drvAttrs // g old));
        }
        // optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = g: again (old: old.overrideAttrs g);
        }
      else
        result;
    callPackageWith =
      scope: f: args:
      let
        function = if isFunction f then f else import f;
        wanted = builtins.functionArgs function;
        missing = filter (name: !(wanted.${name} || args ? ${name} || scope ? ${name})) (attrNames wanted);
      in
      if missing != [ ] then
        throw "callPackage: no package called ${concatStringsSep ", " missing}"
      else
        makeOverridable function (builtins.intersectAttrs wanted scope // args);

    # Attribute sets.
    nameValuePair = name: value: { inherit name value; };
    filterAttrs = f: set: listToAttrs (concatMapAttrs' f set);
    concatMapAttrs' =
      f: set:
      builtins.concatMap (n: if f n set.${n} then [ (nameValuePair n set.${n}) ] else [ ]) (
        attrNames set
      );
    mapAttrs' = f: set: listToAttrs (map (n: f n set.${n}) (attrNames set));
    mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
    genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if isAttrs set && set ? ${head path} then
        attrByPath (tail path) default set.${head path}
      else
        default;
    hasAttrByPath =
      path: set:
      path == [ ] || (isAttrs set && set ? ${head path} && hasAttrByPath (tail path) set.${head path});
    getAttrFromPath = path: set: attrByPath path (throw "no attribute ${concatStringsSep "." path}") set;
    recursiveUpdate =
      a: b:
      a
      // builtins.mapAttrs (
        n: v: if isAttrs v && isAttrs (a.${n} or null) then recursiveUpdate a.${n} v else v
      ) b;
    isDerivation = x: isAttrs x && x.type or null == "derivation";
    recurseIntoAttrs = set: set // { recurseForDerivations = true; };

    # Lists.
    optional = condition: x: if condition then [ x ] else [ ];
    optionals = condition: list: if condition then list else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionalString = condition: text: if condition then text else "";
    last = list: builtins.elemAt list (length list - 1);
    toList = x: if isList x then x else [ x ];
    flatten = x: if isList x then builtins.concatMap flatten x else [ x ];
    unique = foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
    foldr =
      f: zero: list:
      if list == [ ] then zero else f (head list) (foldr f zero (tail list));

    # Strings.
    concatStrings = concatStringsSep "";
    concatMapStrings = f: list: concatStrings (map f list);
    concatMapStringsSep =
      sep: f: list:
      concatStringsSep sep (map f list);
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      let
        rest = stringLength text - stringLength suffix;
      in
      rest >= 0 && substring rest (stringLength suffix) text == suffix;
    hasInfix = infix: text: replaceStrings [ infix ] [ "" ] text != text;
    removePrefix =
      prefix: text:
      if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
    removeSuffix =
      suffix: text:
      if hasSuffix suffix text then
        substring 0 (stringLength text - stringLength suffix) text
      else
        text;
    splitString =
      sep: text:
      filter builtins.isString (builtins.split (escapeRegex sep) (builtins.unsafeDiscardStringContext text));
    escapeRegex =
      let
        special = [ "\\" "." "*" "+" "?" "(" ")" "[" "]" "{" "}" "^" "$" "|" ];
      in
      replaceStrings special (map (c: "\\${c}") special);
    escapeShellArg = arg: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString arg)}'";
    escapeShellArgs = list: concatMapStringsSep " " escapeShellArg list;
    toLower = replaceStrings upperChars lowerChars;
    toUpper = replaceStrings lowerChars upperChars;
    lowerChars = genList (i: substring i 1 "abcdefghijklmnopqrstuvwxyz") 26;
    upperChars = genList (i: substring i 1 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") 26;
    versionOlder = a: b: builtins.compareVersions b a == 1;
    versionAtLeast = a: b: !versionOlder a b;
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    warn = message: builtins.trace "warning: ${message}";
    warnIf = condition: message: if condition then warn message else id;
    throwIf = condition: message: if condition then throw message else id;
    assertMsg = condition: message: if condition then true else throw message;

    # Packages' outputs.
    getOutput = output: pkg: pkg.${output} or pkg.out or pkg;
    getBin = getOutput "bin";
    getDev = getOutput "dev";
    getLib = getOutput "lib";
    getExe = pkg: "${getBin pkg}/bin/${pkg.meta.mainProgram or pkg.pname or pkg.name}";
    getExe' = pkg: program: "${getBin pkg}/bin/${program}";
    makeSearchPath = sub: list: concatMapStringsSep ":" (p: "${p}/${sub}") (filter (p: p != null) list);
    makeBinPath = list: makeSearchPath "bin" (map getBin list);
    makeLibraryPath = list: makeSearchPath "lib" (map getLib list);
    cleanSourceWith =
      {
        src,
        filter ? (_: _: true),
        name ? "source",
      }:
      builtins.path {
        inherit name filter;
        path = src;
      };
    cleanSource =
      src:
      cleanSourceWith {
        inherit src;
        filter = path: _: baseNameOf path != ".git";
      };

    fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    licenses = genAttrs [ "mit" "isc" "asl20" "bsd2" "bsd3" "mpl20" "gpl3Plus" "unfree" ] (
      shortName: { inherit shortName; }
    );
    maintainers = { };
    platforms = rec {
      linux = [ "x86_64-linux" "aarch64-linux" ];
      darwin = [ "x86_64-darwin" "aarch64-darwin" ];
      unix = linux ++ darwin;
      all = unix;
    };
    systems.flakeExposed = platforms.all;
    sourceTypes = genAttrs [ "fromSource" "binaryBytecode" "binaryNativeCode" "binaryFirmware" ] (shortName: {
      inherit shortName;
      isSource = shortName == "fromSource";
    });
    fetchers.proxyImpureEnvVars = [
      "http_proxy"
      "https_proxy"
      "ftp_proxy"
      "all_proxy"
      "no_proxy"
    ];
  };
in
lib
