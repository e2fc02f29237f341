# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  npm's words for platforms, against what nixpkgs says of the host.

  The words are those of a package.json: `os` is Node's `process.platform`,
  `cpu` its `process.arch`, `libc` is `glibc` or `musl` and known on Linux only.
*/
rec {
  /**
    The words that npm would use for a platform. An unknown one keeps its Nix
    name, so that it can still be matched or negated.

    # Type

    hostPlatform :: AttrSet -> { os :: String; cpu :: String; libc :: String | null; }
  */
  words =
    platform:
    let
      kernel = platform.parsed.kernel.name;
      cpu = platform.parsed.cpu.name;
      has = name: platform.${name} or false;
    in
    {
      os =
        if has "isAndroid" then
          "android"
        else if has "isDarwin" then
          "darwin"
        else if has "isCygwin" then
          "cygwin"
        else if has "isWindows" then
          "win32"
        else if has "isSunOS" then
          "sunos"
        else
          kernel;
      cpu =
        {
          x86_64 = "x64";
          aarch64 = "arm64";
          i386 = "ia32";
          i486 = "ia32";
          i586 = "ia32";
          i686 = "ia32";
          armv5tel = "arm";
          armv6l = "arm";
          armv7a = "arm";
          armv7l = "arm";
          # Node calls both byte orders ppc64, and both of MIPS by two names.
          powerpc64 = "ppc64";
          powerpc64le = "ppc64";
          mips = "mips";
          mipsel = "mipsel";
          mips64 = "mips64";
          mips64el = "mips64el";
          s390 = "s390";
          s390x = "s390x";
          riscv64 = "riscv64";
          loongarch64 = "loong64";
        }
        .${cpu} or cpu;
      libc =
        if has "isAndroid" || !(has "isLinux") then
          null
        else if has "isMusl" then
          "musl"
        else
          "glibc";
    };

  /**
    Whether one condition holds: `[ ]` and a lone `any` always do; a negated
    word that matches forbids; a list of negations alone allows all the rest.

    # Type

    allows :: [String] -> String | null -> Bool
  */
  allows =
    list: value:
    let
      negated = builtins.filter (word: builtins.substring 0 1 word == "!") list;
    in
    list == [ ]
    || list == [ "any" ]
    || (
      !(builtins.elem "!${toString value}" list)
      && (builtins.elem value list || builtins.length negated == builtins.length list)
    );

  /**
    Whether a package that asks for `os`, `cpu` and `libc` can be used. Where
    the libc is not known, as on macOS, a package that asks for one cannot.

    # Type

    supports :: words -> { os, cpu, libc :: [String]; } -> Bool
  */
  supports =
    have: want:
    allows (want.os or [ ]) have.os
    && allows (want.cpu or [ ]) have.cpu
    && ((want.libc or [ ]) == [ ] || (have.libc != null && allows want.libc have.libc));
}
