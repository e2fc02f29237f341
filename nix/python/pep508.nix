# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Environment markers of PEP 508 and PEP 751, from parsed data.

  A marker is one of

      true, false, null            null is true: no condition
      { all = [ marker ... ]; }    and
      { any = [ marker ... ]; }    or
      { variable; op; value; }     a comparison of a variable with a text
      { variable; op; value; reversed = true; }   the text stands on the left
*/
let
  inherit (builtins)
    all
    any
    elem
    head
    isBool
    isString
    replaceStrings
    split
    ;
  inherit (import ../text.nix) lower;
  pep440 = import ./pep440.nix;

  # Compared as versions; the rest as texts.
  versions = [
    "python_version"
    "python_full_version"
    "implementation_version"
    "platform_release"
  ];

  sets = [
    "extras"
    "dependency_groups"
  ];

  contains =
    text: part:
    part == "" || replaceStrings [ part ] [ "" ] text != text;

  invalid = { variable, op, value, ... }: throw "headwater: no marker: ${variable} ${op} ${value}";

  # Texts have no order: of two that differ none comes first.
  texts =
    left: op: right: marker:
    {
      "==" = left == right;
      "===" = left == right;
      "!=" = left != right;
      "<" = false;
      ">" = false;
      "<=" = left == right;
      ">=" = left == right;
      "in" = contains right left;
      "not in" = !contains right left;
    }
    .${op} or (invalid marker);
in
rec {
  /**
    A project's, extra's or group's name, normalized as in PEP 503.

    # Type

    normalize :: String -> String
  */
  normalize =
    name:
    builtins.concatStringsSep "-" (
      builtins.filter isString (split "[-_.]+" (lower name))
    );

  /**
    What markers are compared with: the interpreter's and the platform's words.
    `platform_release` and `platform_version` are those of the machine that
    will run the program, which nobody knows: they are empty.

    # Type

    environment :: { python, hostPlatform } -> AttrSet
  */
  environment =
    { python, hostPlatform }:
    let
      has = name: hostPlatform.${name} or false;
      cpu = hostPlatform.parsed.cpu.name;
      kernel = hostPlatform.parsed.kernel.name;
      isPyPy = python.isPyPy or false;
      isWindows = has "isWindows" && !has "isCygwin";
    in
    {
      python_version = python.pythonVersion;
      python_full_version = python.version;
      implementation_version = python.version;
      implementation_name = if isPyPy then "pypy" else python.implementation or "cpython";
      platform_python_implementation = if isPyPy then "PyPy" else "CPython";
      os_name = if isWindows then "nt" else "posix";
      sys_platform =
        if isWindows then
          "win32"
        else if has "isCygwin" then
          "cygwin"
        else if has "isSunOS" then
          "sunos5"
        else
          kernel;
      platform_system =
        if has "isDarwin" then
          "Darwin"
        else if isWindows then
          "Windows"
        else
          {
            linux = "Linux";
            freebsd = "FreeBSD";
            openbsd = "OpenBSD";
            netbsd = "NetBSD";
            solaris = "SunOS";
          }
          .${kernel} or kernel;
      platform_machine =
        if isWindows && cpu == "x86_64" then
          "AMD64"
        else if has "isDarwin" && cpu == "aarch64" then
          "arm64"
        else
          {
            powerpc64 = "ppc64";
            powerpc64le = "ppc64le";
            armv7a = "armv7l";
          }
          .${cpu} or cpu;
      platform_release = "";
      platform_version = "";
      extra = "";
      extras = [ ];
      dependency_groups = [ ];
    };

  /**
    Whether a marker holds in an environment.

    # Type

    evaluate :: AttrSet -> Marker -> Bool
  */
  evaluate =
    environment: marker:
    if marker == null then
      true
    else if isBool marker then
      marker
    else if marker ? all then
      all (evaluate environment) marker.all
    else if marker ? any then
      any (evaluate environment) marker.any
    else
      compare environment marker;

  /**
    Whether a marker holds for a package that is wanted with some extras: with
    one of them, or with none, as pip sees it.

    # Type

    holds :: AttrSet -> [String] -> Marker -> Bool
  */
  holds =
    environment: extras: marker:
    marker == null
    || any (extra: evaluate (environment // { inherit extra; }) marker) (if extras == [ ] then [ "" ] else extras);

  /**
    Whether one comparison holds.

    # Type

    compare :: AttrSet -> { variable, op, value, reversed ? false } -> Bool
  */
  compare =
    environment: marker:
    let
      inherit (marker) variable op value;
      own = environment.${variable} or (throw "headwater: markers have no variable ${variable}");
      reversed = marker.reversed or false;
      left = if reversed then value else own;
      right = if reversed then own else value;
      clauses = pep440.parseSpecifier "${op}${right}";
      asVersion = if clauses == null then null else pep440.allows (head clauses) left;
    in
    if elem variable sets then
      if !reversed || !elem op [ "in" "not in" ] then
        invalid marker
      else
        elem (normalize value) (map normalize own) == (op == "in")
    else if variable == "extra" then
      texts (normalize left) op (normalize right) marker
    else if elem variable versions && elem op [ "===" "~=" "==" "!=" "<=" ">=" "<" ">" ] && asVersion != null then
      asVersion
    else
      texts left op right marker;
}
