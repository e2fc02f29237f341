/**
  What nixpkgs' `lib.systems.elaborate` says of a system, as far as it is used.
*/
{ lib, system }:
let
  parts = lib.splitString "-" system;
  cpu = builtins.head parts;
  kernel = lib.last parts;
  is64 = builtins.elem cpu [
    "x86_64"
    "aarch64"
    "powerpc64"
    "powerpc64le"
    "riscv64"
    "loongarch64"
    "s390x"
    "mips64el"
  ];
in
rec {
  inherit system;
  config =
    if kernel == "darwin" then
      "${cpu}-apple-darwin"
    else
      "${cpu}-unknown-${kernel}${lib.optionalString (kernel == "linux") "-gnu"}";
  parsed = {
    cpu = {
      name = cpu;
      bits = if is64 then 64 else 32;
      family =
        if cpu == "x86_64" || cpu == "i686" then
          "x86"
        else if lib.hasPrefix "aarch64" cpu || lib.hasPrefix "arm" cpu then
          "arm"
        else
          cpu;
    };
    kernel.name = kernel;
    abi.name = if kernel == "linux" then "gnu" else "unknown";
  };
  isLinux = kernel == "linux";
  isDarwin = kernel == "darwin";
  isFreeBSD = kernel == "freebsd";
  isOpenBSD = kernel == "openbsd";
  isNetBSD = kernel == "netbsd";
  isSunOS = kernel == "solaris";
  isWindows = kernel == "windows";
  isCygwin = kernel == "cygwin";
  isAndroid = false;
  isUnix = !isWindows;
  isMusl = false;
  isGnu = isLinux;
  isGlibc = isLinux;
  isx86_64 = cpu == "x86_64";
  isi686 = cpu == "i686";
  isx86_32 = isi686;
  isx86 = isx86_64 || isi686;
  isAarch64 = cpu == "aarch64";
  isAarch32 = lib.hasPrefix "armv" cpu;
  isRiscV64 = cpu == "riscv64";
  isPower64 = lib.hasPrefix "powerpc64" cpu;
  isS390x = cpu == "s390x";
  isLoongArch64 = cpu == "loongarch64";
  isMips64 = lib.hasPrefix "mips64" cpu;
  is64bit = is64;
  isLittleEndian = cpu != "s390x" && cpu != "powerpc64";
  extensions = {
    sharedLibrary = if kernel == "darwin" then ".dylib" else ".so";
    executable = if kernel == "windows" then ".exe" else "";
  };
  canExecute = other: other.system == system;
}
