let
  pep508 = import ../../../nix/python/pep508.nix;
  # What Python's packaging 26.3 answers, in three environments.
  table = builtins.fromJSON (builtins.readFile ./pep508.json);
  linux = builtins.head table.environments // {
    extras = [ "Async" ];
    dependency_groups = [ "dev" ];
  };
  extra = op: value: {
    variable = "extra";
    inherit op value;
  };
  member = variable: op: value: {
    inherit variable op value;
    reversed = true;
  };
  host = cpu: kernel: more: {
    parsed.cpu.name = cpu;
    parsed.kernel.name = kernel;
    isDarwin = kernel == "darwin";
  } // more;
  python = {
    version = "3.11.2";
    pythonVersion = "3.11";
    implementation = "cpython";
    isPyPy = false;
  };
  words = python: hostPlatform: removeAttrs (pep508.environment { inherit python hostPlatform; }) [
    "extras"
    "dependency_groups"
  ];
  failed = marker: !(builtins.tryEval (pep508.evaluate linux marker)).success;
in
{
  normalize = {
    runs = {
      expr = map pep508.normalize [ "Foo.-_Bar" "ruamel.yaml" "zope.interface" "a" ];
      expected = [ "foo-bar" "ruamel-yaml" "zope-interface" "a" ];
    };
  };

  environment = {
    linux = {
      expr = words python (host "x86_64" "linux" { });
      expected = builtins.elemAt table.environments 0;
    };
    mac = {
      expr = words (
        python
        // {
          version = "3.14.0rc1";
          pythonVersion = "3.14";
        }
      ) (host "aarch64" "darwin" { });
      expected = builtins.elemAt table.environments 1;
    };
    windows = {
      expr =
        let
          e = words (python // { isPyPy = true; }) (host "x86_64" "windows" { isWindows = true; });
        in
        [ e.os_name e.sys_platform e.platform_system e.platform_machine e.implementation_name e.platform_python_implementation ];
      expected = [ "nt" "win32" "Windows" "AMD64" "pypy" "PyPy" ];
    };
    machines = {
      expr = map (cpu: (words python (host cpu "linux" { })).platform_machine) [ "aarch64" "armv7a" "powerpc64le" "riscv64" "i686" ];
      expected = [ "aarch64" "armv7l" "ppc64le" "riscv64" "i686" ];
    };
  };

  evaluate = {
    table = {
      expr = map (row: map (environment: pep508.evaluate environment row.marker) table.environments) table.markers;
      expected = map (row: row.holds) table.markers;
    };
    constants = {
      expr = map (pep508.evaluate linux) [ null true false { all = [ ]; } { any = [ ]; } ];
      expected = [ true true false true false ];
    };
    sets = {
      expr = map (pep508.evaluate linux) [
        (member "extras" "in" "async")
        (member "extras" "in" "other")
        (member "extras" "not in" "other")
        (member "dependency_groups" "in" "Dev")
      ];
      expected = [ true false true true ];
    };
    invalid = {
      expr = map failed [
        (member "nothing" "==" "x")
        (member "extras" "==" "async")
        { variable = "os_name"; op = "~~"; value = "x"; }
      ];
      expected = [ true true true ];
    };
  };

  holds = {
    none = {
      expr = map (pep508.holds linux [ ]) [ null (extra "==" "a") (extra "!=" "a") ];
      expected = [ true false true ];
    };
    # One of them is enough.
    several = {
      expr = map (pep508.holds linux [ "a" "B_c" ]) [ (extra "==" "b-c") (extra "==" "d") ];
      expected = [ true false ];
    };
  };

  compare = {
    # What is no version is compared as text.
    text = {
      expr = map (pep508.compare linux) [
        { variable = "python_version"; op = "=="; value = "three"; }
        { variable = "python_version"; op = "!="; value = "three"; }
      ];
      expected = [ false true ];
    };
    unknownRelease = {
      expr = pep508.compare linux { variable = "platform_release"; op = ">="; value = "5.0"; };
      expected = false;
    };
  };
}
