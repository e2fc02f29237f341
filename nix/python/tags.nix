# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Wheels that others built: which of a package's files fits the interpreter and
  the platform, by the tags in its name (PEP 425, 600, 656).
*/
let
  inherit (builtins)
    concatMap
    elem
    elemAt
    filter
    foldl'
    fromJSON
    head
    isString
    map
    match
    split
    ;
  words = separator: text: filter isString (split separator text);
  toInt = text: fromJSON (head (match "0*([0-9]+)" text));

  # glibc's minor version by the names that came before PEP 600.
  aliases = {
    "1" = 5;
    "2010" = 12;
    "2014" = 17;
  };

  # Nix' names of processors that wheels know under another.
  processors = {
    powerpc64le = "ppc64le";
    armv7a = "armv7l";
    i386 = "i686";
    i486 = "i686";
    i586 = "i686";
  };
in
rec {
  /**
    What tags are compared with. `libc` is the minor version: of glibc 2 on
    manylinux, of musl 1 on musllinux.

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
      isMusl = !has "isDarwin" && has "isMusl";
    in
    {
      implementation = if python.isPyPy or false then "pp" else "cp";
      major = toInt (head version);
      minor = toInt (elemAt version 1);
      # Without the global lock it has another ABI, and no stable one.
      threaded = builtins.any (tag: match "cp[0-9]+t" tag != null) (python.pythonABITags or [ ]);
      os =
        if has "isDarwin" then
          "macosx"
        else if isMusl then
          "musllinux"
        else if has "isLinux" then
          "manylinux"
        else
          "other";
      machine = if has "isDarwin" && cpu == "aarch64" then "arm64" else processors.${cpu} or cpu;
      libc =
        let
          found = if libc == null then null else match "${if isMusl then "1" else "2"}[.]([0-9]+).*" libc;
        in
        if found != null then
          toInt (head found)
        # Every package set that is used has at least these.
        else if isMusl then
          2
        else
          35;
    };

  /**
    How well a wheel's file fits: the more the better, 0 not at all. The order
    is that in which PEP 425 has installers look: code for this interpreter,
    then for the stable ABI, then for none; for the platform before for any; of
    platforms the one that asks for the newest libc that is there.

    # Type

    rank :: AttrSet -> String -> Int
  */
  rank =
    interpreter: file:
    let
      parts = match ".+-([^-]+)-([^-]+)-([^-]+)[.]whl" file;
      tags = map (words "[.]") parts;
      # Each file name stands for every combination of its tags.
      ranks = concatMap (
        platform:
        let
          ofPlatform = platformRank interpreter platform;
        in
        if ofPlatform == null then
          [ ]
        else
          concatMap (
            python: map (abi: tripleRank (bindingRank interpreter python abi) ofPlatform) (elemAt tags 1)
          ) (head tags)
      ) (elemAt tags 2);
      tripleRank =
        binding: ofPlatform:
        if binding == null || (ofPlatform == 0 && binding.needsPlatform) then
          0
        else
          (if ofPlatform == 0 then binding.any else binding.kind) * 1000000000 + binding.release * 1000000 + ofPlatform;
    in
    if parts == null then 0 else foldl' (a: b: if b > a then b else a) 0 ranks;

  /**
    How well the tags of Python and ABI fit; null for not at all. `kind` orders
    them for a platform, `any` where there is none, `release` within a kind.

    # Type

    bindingRank :: AttrSet -> String -> String -> { kind, any, release, needsPlatform } | null
  */
  bindingRank =
    interpreter: python: abi:
    let
      inherit (interpreter) implementation major minor;
      version = "${toString major}${toString minor}";
      own = python == "${implementation}${version}";
      ownAbi =
        if implementation == "pp" then
          match "pypy${version}_.*" abi != null
        else
          abi == "cp${version}${if interpreter.threaded then "t" else ""}";
      # A release of Python up to this one, as its minor version; -1 for the major version alone.
      reached =
        prefix:
        let
          found = match "${prefix}${toString major}([0-9]*)" python;
          minorOf = if head found == "" then -1 else toInt (head found);
        in
        if found == null || minorOf > minor then null else minorOf;
      generic = reached "py";
      older = reached implementation;
      code = kind: release: {
        inherit kind release;
        any = 0;
        needsPlatform = true;
      };
      pure = kind: any: release: {
        inherit kind any release;
        needsPlatform = false;
      };
    in
    if own && ownAbi then
      code 8 0
    else if abi == "abi3" && implementation == "cp" && !interpreter.threaded && older != null then
      if own then code 7 0 else code 5 (older + 1)
    else if abi != "none" then
      null
    else if own then
      pure 6 3 0
    else if generic != null then
      # py311, then py3, then older ones.
      pure 4 2 (if generic == minor then minor + 2 else if generic == -1 then minor + 1 else generic)
    else if older == -1 then
      pure 4 1 0
    else
      null;

  /**
    How well a platform's tag fits: 0 for any platform, null for not at all.

    # Type

    platformRank :: AttrSet -> String -> Int | null
  */
  platformRank =
    interpreter: tag:
    let
      inherit (interpreter) os machine;
      many = match "manylinux_2_([0-9]+)_(.*)" tag;
      old = match "manylinux(1|2010|2014)_(.*)" tag;
      musl = match "musllinux_1_([0-9]+)_(.*)" tag;
      mac = match "macosx_([0-9]+)_([0-9]+)_(.*)" tag;
      asks =
        if os == "manylinux" && many != null && elemAt many 1 == machine then
          toInt (head many)
        else if os == "manylinux" && old != null && elemAt old 1 == machine then
          aliases.${head old}
        else if os == "musllinux" && musl != null && elemAt musl 1 == machine then
          toInt (head musl)
        else
          null;
      # The system that will run it is not known: the tag that asks for the oldest is good on most.
      macRank =
        kind: kind - (toInt (head mac) * 100 + toInt (elemAt mac 1));
    in
    if tag == "any" then
      0
    else if asks != null then
      if asks <= interpreter.libc then asks + 2 else null
    else if elem os [ "manylinux" "musllinux" ] && tag == "linux_${machine}" then
      1
    else if os != "macosx" || mac == null then
      null
    else if elemAt mac 2 == machine then
      macRank 200000
    else if elemAt mac 2 == "universal2" then
      macRank 100000
    else
      null;

  /**
    The file that fits best; of equals the higher build number (PEP 427), then
    the first by name, whatever their order. An error naming the package where
    none fits.

    # Type

    choose :: AttrSet -> String -> [ { file, ... } ] -> { file, ... }
  */
  choose =
    interpreter: title: files:
    let
      ranked = map (
        file:
        let
          build = match "[^-]+-[^-]+-([0-9]+)[^-]*-[^-]+-[^-]+-[^-]+[.]whl" file.file;
        in
        {
          inherit file;
          rank = rank interpreter file.file;
          build = if build == null then -1 else toInt (head build);
        }
      ) files;
      better =
        a: b:
        if a.rank != b.rank then
          a.rank > b.rank
        else if a.build != b.build then
          a.build > b.build
        else
          a.file.file < b.file.file;
      best = foldl' (a: b: if a == null || better b a then b else a) null (filter (one: one.rank > 0) ranked);
      libc = {
        manylinux = ", glibc 2.${toString interpreter.libc}";
        musllinux = ", musl 1.${toString interpreter.libc}";
      };
    in
    if best == null then
      throw "headwater: no wheel of ${title} fits ${interpreter.implementation}${toString interpreter.major}${toString interpreter.minor}${if interpreter.threaded then "t" else ""} on ${interpreter.os} ${interpreter.machine}${libc.${interpreter.os} or ""}"
    else
      best.file;

  /**
    Whether a package's source is a wheel: one of an index, or one that the
    project brings.

    # Type

    isWheel :: AttrSet | String -> Bool
  */
  isWheel = source: source ? wheels || match ".*[.]whl" (source.local or "") != null;

  /**
    Whether a wheel's file name says that it is for any platform: there is no
    code of a machine in it.

    # Type

    isPure :: String -> Bool
  */
  isPure = file: match ".*-any[.]whl" file != null;
}
