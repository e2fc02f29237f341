# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Versions and specifiers of PEP 440.

  Numbers stay text: they may be longer than Nix's integers are.
*/
let
  inherit (builtins)
    elem
    elemAt
    filter
    head
    isString
    length
    match
    split
    stringLength
    tail
    ;



  toLower = (import ../text.nix).lower;
  trim =
    text:
    let
      found = match "[[:space:]]*(.*[^[:space:]])[[:space:]]*" text;
    in
    if found == null then "" else head found;

  # A number without zeros before it; none at all is 0.
  number =
    text:
    let
      found = match "0*([0-9]+)" text;
    in
    if text == null || found == null then "0" else head found;

  parts = filter isString;

  # Orders: -1, 0 or 1.
  order =
    a: b:
    if a == b then
      0
    else if a < b then
      -1
    else
      1;
  orderNumbers =
    a: b:
    let
      byLength = order (stringLength a) (stringLength b);
    in
    if byLength != 0 then byLength else order a b;

  # The first order that tells them apart; the rest is not evaluated.
  firstOf =
    orders:
    if orders == [ ] then
      0
    else if head orders != 0 then
      head orders
    else
      firstOf (tail orders);

  # Releases of different lengths: the shorter one goes on with zeros.
  orderReleases =
    a: b:
    if a == [ ] && b == [ ] then
      0
    else
      let
        of = list: if list == [ ] then "0" else head list;
        rest = list: if list == [ ] then [ ] else tail list;
        here = orderNumbers (of a) (of b);
      in
      if here != 0 then here else orderReleases (rest a) (rest b);

  # A development release of no pre-release comes before all of them, a final one after.
  preRank =
    v:
    if v.pre != null then
      1
    else if v.post == null && v.dev != null then
      0
    else
      2;
  pres = { a = 0; b = 1; rc = 2; };
  orderPre =
    a: b:
    firstOf [
      (order (preRank a) (preRank b))
      (if a.pre == null || b.pre == null then 0 else order pres.${a.pre.kind} pres.${b.pre.kind})
      (if a.pre == null || b.pre == null then 0 else orderNumbers a.pre.number b.pre.number)
    ];

  # `missing` is the order of a version without the part before one with it.
  orderOptional =
    missing: a: b:
    if a == null && b == null then
      0
    else if a == null then
      missing
    else if b == null then
      -missing
    else
      orderNumbers a b;

  orderLocal =
    a: b:
    if a == [ ] || b == [ ] then
      order (length a) (length b)
    else
      let
        isNumber = text: match "[0-9]+" text != null;
        x = head a;
        y = head b;
        here =
          if isNumber x && isNumber y then
            orderNumbers (number x) (number y)
          else if isNumber x then
            1
          else if isNumber y then
            -1
          else
            order x y;
      in
      if here != 0 then here else orderLocal (tail a) (tail b);

  orderBase = a: b: firstOf [ (orderNumbers a.epoch b.epoch) (orderReleases a.release b.release) ];
  orderPublic =
    a: b:
    firstOf [
      (orderBase a b)
      (orderPre a b)
      (orderOptional (-1) a.post b.post)
      (orderOptional 1 a.dev b.dev)
    ];
  orderAll = a: b: firstOf [ (orderPublic a b) (orderLocal a.local b.local) ];

  isPre = v: v.pre != null || v.dev != null;

  # Whether a release begins with the given numbers, zeros behind it included.
  startsWith =
    release: prefix:
    prefix == [ ]
    || (
      (if release == [ ] then "0" else head release) == head prefix
      && startsWith (if release == [ ] then [ ] else tail release) (tail prefix)
    );
  init = list: builtins.genList (elemAt list) (length list - 1);

  whole =
    "v?(([0-9]+)!)?([0-9]+([.][0-9]+)*)"
    + "([-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?"
    + "(-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?"
    + "([-_.]?(dev)[-_.]?([0-9]*))?"
    + "([+]([a-z0-9]+([-_.][a-z0-9]+)*))?";
in
rec {
  /**
    A version, or null for what is none.

    # Type

    parse :: String -> { epoch, release, pre, post, dev, local } | null
  */
  parse =
    text:
    let
      found = match whole (trim (toLower text));
      at = elemAt found;
      kind = at 5;
    in
    if found == null then
      null
    else
      {
        epoch = if at 1 == null then "0" else number (at 1);
        release = map number (parts (split "[.]" (at 2)));
        pre =
          if at 4 == null then
            null
          else
            {
              kind = if elem kind [ "a" "alpha" ] then "a" else if elem kind [ "b" "beta" ] then "b" else "rc";
              number = number (at 6);
            };
        post = if at 7 == null then null else number (if at 8 != null then at 8 else at 10);
        dev = if at 11 == null then null else number (at 13);
        local = if at 14 == null then [ ] else parts (split "[-_.]" (at 15));
      };

  /**
    The order of two versions: -1, 0 or 1. Both must be versions.

    # Type

    compare :: String -> String -> Int
  */
  compare = a: b: orderAll (parse a) (parse b);

  /**
    The clauses of a specifier, `>=1.2, !=1.4.*`; null for what is none.

    # Type

    parseSpecifier :: String -> [ { op :: String; version :: String; } ] | null
  */
  parseSpecifier =
    text:
    let
      clauses = filter (clause: trim clause != "") (parts (split "," text));
      clause =
        one:
        let
          found = match "[[:space:]]*(===|~=|==|!=|<=|>=|<|>)[[:space:]]*([^[:space:]]+)[[:space:]]*" one;
        in
        if found == null then
          null
        else
          {
            op = head found;
            version = elemAt found 1;
          };
      all = map clause clauses;
    in
    if elem null all then null else all;

  /**
    Whether one clause allows a version; null where the clause or the version
    is none of PEP 440. Pre-releases are not refused for being such.

    # Type

    allows :: { op, version } -> String -> Bool | null
  */
  allows =
    clause: version:
    let
      have = parse version;
      star = match "(.*)[.][*]" clause.version;
      want = parse (if star == null then clause.version else head star);
      isPlain = want != null && want.local == [ ];
      equal = if want.local == [ ] then orderPublic have want == 0 else orderAll have want == 0;
      begins = release: have.epoch == want.epoch && startsWith have.release release;
    in
    if clause.op == "===" then
      toLower version == toLower clause.version
    else if have == null || want == null then
      null
    else if star != null then
      if !elem clause.op [ "==" "!=" ] || !isPlain || want.pre != null || want.post != null || want.dev != null then
        null
      else
        begins want.release == (clause.op == "==")
    else if clause.op == "==" then
      equal
    else if clause.op == "!=" then
      !equal
    else if !isPlain then
      null
    else if clause.op == "~=" then
      if length want.release < 2 then null else orderPublic have want >= 0 && begins (init want.release)
    else if clause.op == "<=" then
      orderPublic have want <= 0
    else if clause.op == ">=" then
      orderPublic have want >= 0
    # A strict bound takes neither its own pre-releases nor its own post-releases.
    else if clause.op == "<" then
      orderAll have (if isPre want then want else want // { dev = "0"; }) < 0
    else
      orderPublic have want > 0
      && !(want.post == null && want.dev == null && orderBase have want == 0 && have.pre == want.pre);

  /**
    Whether a version is in a specifier. What is no specifier is an error.

    # Type

    contains :: String -> String -> Bool
  */
  contains =
    specifier: version:
    let
      clauses = parseSpecifier specifier;
      invalid = throw "headwater: ${specifier} is not a specifier of PEP 440";
      answer =
        clause:
        let
          allowed = allows clause version;
        in
        if allowed == null then invalid else allowed;
    in
    if clauses == null then invalid else builtins.all answer clauses;

  /**
    Of a specifier the clauses that ask for a version or a newer one, each as
    `>=` or `>`. What is no specifier is an error.

    # Type

    lowerBounds :: String -> String
  */
  lowerBounds =
    specifier:
    let
      clauses = parseSpecifier specifier;
      plain =
        version:
        let
          star = match "(.*)[.][*]" version;
        in
        if star == null then version else head star;
    in
    if clauses == null then
      throw "headwater: ${specifier} is not a specifier of PEP 440"
    else
      builtins.concatStringsSep "," (
        map (clause: (if clause.op == ">" then ">" else ">=") + plain clause.version) (
          filter (clause: elem clause.op [ ">" ">=" "~=" "==" "===" ]) clauses
        )
      );
}
