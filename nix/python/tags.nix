/**
  Wheels that others built: which of a package's files fits the interpreter and
  the platform, by the tags in its name (PEP 425, 600, 656).
*/
let
  inherit (builtins)
    elem
    elemAt
    filter
    foldl'
    fromJSON
    head
    isString
    match
    split
    ;
  words = separator: text: filter isString (split separator text);
  toInt = text: fromJSON (head (match "0*([0-9]+)" text));
in
rec {
  /**
    What tags are compared with.

    # Type

    interpreter :: { python, hostPlatform, libc :: String | null } -> AttrSet
  */
  interpreter =
    {
      python,
      hostPlatform,
      libc,
    }:
    let
      version = words "[.]" python.pythonVersion;
      has = name: hostPlatform.${name} or false;
      cpu = hostPlatform.parsed.cpu.name;
    in
    {
      implementation = if python.isPyPy or false then "pp" else "cp";
      major = toInt (head version);
      minor = toInt (elemAt version 1);
      os =
        if has "isDarwin" then
          "macosx"
        else if has "isMusl" then
          "musllinux"
        else if has "isLinux" then
          "manylinux"
        else
          "other";
      machine =
        if has "isDarwin" && cpu == "aarch64" then "arm64" else { powerpc64le = "ppc64le"; armv7a = "armv7l"; }.${cpu} or cpu;
      # glibc's minor version; every package set that is used has at least this one.
      libc =
        let
          found = if libc == null then null else match "2[.]([0-9]+).*" libc;
        in
        if found == null then 35 else toInt (head found);
    };

  /**
    How well a wheel's file fits: the more the better, 0 not at all.

    # Type

    rank :: AttrSet -> String -> Int
  */
  rank =
    interpreter: file:
    let
      parts = match ".+-([^-]+)-([^-]+)-([^-]+)[.]whl" file;
      tags = map (words "[.]") parts;
      inherit (interpreter)
        implementation
        major
        minor
        machine
        ;
      version = "${toString major}${toString minor}";

      # cp39-abi3 is good for 3.9 and later.
      reach = prefix: tag: match "${prefix}${toString major}([0-9]*)" tag;
      upTo = prefix: tag: reach prefix tag != null && (head (reach prefix tag) == "" || toInt (head (reach prefix tag)) <= minor);
      any = f: list: builtins.any f list;
      exact = elem "${implementation}${version}" (head tags);
      binding =
        if exact && elem "${implementation}${version}" (elemAt tags 1) then
          3
        else if elem "abi3" (elemAt tags 1) && any (upTo implementation) (head tags) then
          2
        else if elem "none" (elemAt tags 1) && (exact || any (upTo "py") (head tags)) then
          1
        else
          0;

      fits =
        tag:
        let
          many = match "manylinux_2_([0-9]+)_(.*)" tag;
          old = match "manylinux(1|2010|2014)_(.*)" tag;
          musl = match "musllinux_1_[0-9]+_(.*)" tag;
          mac = match "macosx_[0-9]+_[0-9]+_(.*)" tag;
        in
        tag == "any"
        || (
          if interpreter.os == "manylinux" then
            (many != null && elemAt many 1 == machine && toInt (head many) <= interpreter.libc)
            || (old != null && elemAt old 1 == machine)
            || tag == "linux_${machine}"
          else if interpreter.os == "musllinux" then
            musl != null && head musl == machine
          else
            interpreter.os == "macosx" && mac != null && elem (head mac) [ machine "universal2" ]
        );
      platforms = elemAt tags 2;
    in
    if parts == null || binding == 0 || !(any fits platforms) then
      0
    else
      # One made for the platform is preferred to one for any.
      binding * 2 + (if elem "any" platforms then 0 else 1);

  /**
    The file that fits best, the first of equals; an error naming the package
    where none does.

    # Type

    choose :: AttrSet -> String -> [ { file, ... } ] -> { file, ... }
  */
  choose =
    interpreter: title: files:
    let
      ranked = map (file: {
        inherit file;
        rank = rank interpreter file.file;
      }) files;
      best = foldl' (a: b: if b.rank > a.rank then b else a) { rank = 0; } ranked;
    in
    if best.rank == 0 then
      throw "headwater: no wheel of ${title} fits ${interpreter.implementation}${toString interpreter.major}${toString interpreter.minor} on ${interpreter.os} ${interpreter.machine}"
    else
      best.file;
}
