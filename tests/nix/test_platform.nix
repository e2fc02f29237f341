let
  platform = import ../../nix/platform.nix;

  # What nixpkgs says of a system, as far as it is asked.
  host =
    cpu: kernel: more:
    {
      parsed.cpu.name = cpu;
      parsed.kernel.name = kernel;
      isLinux = kernel == "linux";
      isDarwin = kernel == "darwin";
    }
    // more;
  musl.isMusl = true;
  word = cpu: kernel: more: platform.words (host cpu kernel more);

  linux = {
    os = "linux";
    cpu = "x64";
    libc = "glibc";
  };
  mac = {
    os = "darwin";
    cpu = "arm64";
    libc = null;
  };
in
{
  words = {
    linux = {
      expr = word "x86_64" "linux" { };
      expected = linux;
    };
    musl = {
      expr = word "aarch64" "linux" musl;
      expected = {
        os = "linux";
        cpu = "arm64";
        libc = "musl";
      };
    };
    mac = {
      expr = word "aarch64" "darwin" { };
      expected = mac;
    };
    windows = {
      expr = word "x86_64" "windows" { isWindows = true; };
      expected = {
        os = "win32";
        cpu = "x64";
        libc = null;
      };
    };
    freebsd = {
      expr = (word "x86_64" "freebsd" { }).os;
      expected = "freebsd";
    };
    solaris = {
      expr = (word "x86_64" "solaris" { isSunOS = true; }).os;
      expected = "sunos";
    };
    android = {
      expr = word "aarch64" "linux" { isAndroid = true; };
      expected = {
        os = "android";
        cpu = "arm64";
        libc = null;
      };
    };
    cpus = {
      expr = map (cpu: (word cpu "linux" { }).cpu) [
        "i686"
        "armv6l"
        "armv7l"
        "powerpc64le"
        "s390x"
        "riscv64"
        "loongarch64"
        "mips64el"
      ];
      expected = [
        "ia32"
        "arm"
        "arm"
        "ppc64"
        "s390x"
        "riscv64"
        "loong64"
        "mips64el"
      ];
    };
    unknownCpu = {
      expr = (word "vc4" "linux" { }).cpu;
      expected = "vc4";
    };
  };

  allows = {
    nothingAsked = {
      expr = platform.allows [ ] "linux";
      expected = true;
    };
    any = {
      expr = platform.allows [ "any" ] "linux";
      expected = true;
    };
    # Only alone does `any` mean any.
    anyAmongOthers = {
      expr = platform.allows [ "any" "darwin" ] "linux";
      expected = false;
    };
    oneOf = {
      expr = platform.allows [ "darwin" "linux" ] "linux";
      expected = true;
    };
    noneOf = {
      expr = platform.allows [ "darwin" "win32" ] "linux";
      expected = false;
    };
    negated = {
      expr = platform.allows [ "!linux" ] "linux";
      expected = false;
    };
    otherNegated = {
      expr = platform.allows [ "!win32" "!darwin" ] "linux";
      expected = true;
    };
    mixedMatch = {
      expr = platform.allows [ "!win32" "linux" ] "linux";
      expected = true;
    };
    mixedNoMatch = {
      expr = platform.allows [ "!win32" "darwin" ] "linux";
      expected = false;
    };
    negationWins = {
      expr = platform.allows [ "linux" "!linux" ] "linux";
      expected = false;
    };
  };

  supports = {
    nothingAsked = {
      expr = platform.supports mac { };
      expected = true;
    };
    all = {
      expr = platform.supports linux {
        os = [ "linux" ];
        cpu = [ "x64" ];
        libc = [ "glibc" ];
      };
      expected = true;
    };
    otherLibc = {
      expr = platform.supports linux {
        os = [ "linux" ];
        cpu = [ "x64" ];
        libc = [ "musl" ];
      };
      expected = false;
    };
    libcUnknown = {
      expr = platform.supports mac { libc = [ "!musl" ]; };
      expected = false;
    };
    otherCpu = {
      expr = platform.supports mac {
        os = [ "darwin" ];
        cpu = [ "x64" ];
      };
      expected = false;
    };
  };
}
