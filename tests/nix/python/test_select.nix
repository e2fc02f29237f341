let
  select = import ../../../nix/python/select.nix;
  environment = (import ../../../nix/python/pep508.nix).environment {
    python = {
      version = "3.11.2";
      pythonVersion = "3.11";
    };
    hostPlatform.parsed = {
      cpu.name = "x86_64";
      kernel.name = "linux";
    };
  };
  windows = { variable = "sys_platform"; op = "=="; value = "win32"; };
  wants = value: { variable = "extra"; op = "=="; inherit value; };
  packages = {
    "a@1" = {
      name = "a";
      dependencies = [
        "b@1"
        { package = "w@1"; marker = windows; }
        { package = "m@1"; marker = wants "more"; }
      ];
      optionalDependencies.more = [ { package = "c@1"; extras = [ "x" ]; } ];
    };
    "b@1" = { name = "b"; dependencies = [ "a@1" ]; requiresPython = "<3"; };
    "b@2" = { name = "B"; };
    "c@1" = { name = "c"; optionalDependencies.x = [ "d@1" ]; requiresPython = ">=3.8"; };
    "d@1".name = "d";
    "m@1".name = "m";
    "w@1".name = "w";
  };
  # As uv writes conflicts: two extras of `runtimes` that cannot be had together.
  conflict = extra: { variable = "extras"; op = "in"; value = "extra-8-runtimes-${extra}"; reversed = true; };
  forked = {
    "app@1" = {
      name = "app";
      dependencies = [ { package = "runtimes@1"; extras = [ "cow6" ]; } ];
    };
    "runtimes@1" = {
      name = "Runtimes";
      optionalDependencies = {
        cow5 = [ { package = "cow@5"; marker = conflict "cow5"; } ];
        cow6 = [
          { package = "cow@6"; marker = conflict "cow6"; }
          { package = "second@1"; extras = [ "x" ]; marker = conflict "cow6"; }
        ];
      };
    };
    "cow@5".name = "cow";
    "cow@6".name = "cow";
    # Only a third round sees what this one asks for.
    "second@1" = {
      name = "second";
      dependencies = [
        {
          package = "third@1";
          marker = { all = [ (conflict "cow6") ((conflict "cow6") // { value = "extra-6-second-x"; }) ]; };
        }
        { package = "never@1"; marker = (conflict "cow6") // { op = "not in"; }; }
      ];
    };
    "third@1".name = "third";
    "never@1".name = "never";
  };
  asks = title: asks: upperBounds: { inherit title asks upperBounds; };
in
{
  steps = {
    markers = {
      expr = map (step: step.key) (
        select.steps environment [ ] [
          "b@1"
          { package = "w@1"; marker = windows; }
          { package = "a@1"; extras = [ "more" ]; }
        ]
      );
      expected = [ "b@1 " "a@1 " "a@1 more" ];
    };
  };

  reachable = {
    # A circle of dependencies is an ordinary thing.
    plain = {
      expr = select.reachable environment packages [ "a@1" ];
      expected = [ "a@1" "b@1" ];
    };
    extra = {
      expr = select.reachable environment packages [ { package = "a@1"; extras = [ "more" ]; } ];
      expected = [ "a@1" "b@1" "c@1" "d@1" "m@1" ];
    };
    unknown = {
      expr = (builtins.tryEval (select.reachable environment packages [ "z@1" ])).success;
      expected = false;
    };
  };

  conflicts = {
    none = {
      expr = select.conflicts packages [ "a@1" "b@1" ];
      expected = [ ];
    };
    two = {
      expr = select.conflicts packages [ "a@1" "b@1" "b@2" ];
      expected = [ "b@1 and b@2 cannot be in one environment" ];
    };
  };

  closure = {
    # The same list where no marker looks at extras of the project, and no second round.
    plain = {
      expr = map (step: step.key) (select.closure environment packages [ { package = "a@1"; extras = [ "more" ]; } ]);
      expected = [ "a@1 " "a@1 more" "b@1 " "m@1 " "c@1 " "c@1 x" "d@1 " ];
    };
    conflict = {
      expr = select.reachable environment forked [ "app@1" ];
      expected = [ "app@1" "cow@6" "runtimes@1" "second@1" "third@1" ];
    };
    askedByRoots = {
      expr = select.reachable environment forked [ { package = "runtimes@1"; extras = [ "cow5" ]; } ];
      expected = [ "cow@5" "runtimes@1" ];
    };
    none = {
      expr = select.reachable environment forked [ "runtimes@1" ];
      expected = [ "runtimes@1" ];
    };
    # What was chosen of the project stays chosen.
    chosen = {
      expr = select.reachable (environment // { extras = [ "extra-8-runtimes-cow5" ]; }) forked [
        { package = "runtimes@1"; extras = [ "cow5" ]; }
      ];
      expected = [ "cow@5" "runtimes@1" ];
    };
  };

  encoded = {
    some = {
      expr = [ (select.encoded "runtimes" "cow6") (select.encoded "My_Lib.x" "Extra_One") ];
      expected = [ "extra-8-runtimes-cow6" "extra-8-my-lib-x-extra-one" ];
    };
  };

  lookedAt = {
    some = {
      expr = builtins.attrNames (select.lookedAt forked [ { package = "app@1"; marker = { any = [ windows (conflict "Root") ]; }; } ]);
      expected = [ "extra-6-second-x" "extra-8-runtimes-cow5" "extra-8-runtimes-cow6" "extra-8-runtimes-root" ];
    };
    none = {
      expr = select.lookedAt packages [ "a@1" ];
      expected = { };
    };
  };

  extrasOf = {
    some = {
      expr = select.extrasOf environment (forked // packages) [
        "b@1"
        { package = "runtimes@1"; extras = [ "cow5" "cow6" ]; }
        { package = "a@1"; extras = [ "more" ]; marker = windows; }
      ];
      expected = { runtimes = [ "cow5" "cow6" ]; };
    };
  };

  unsupported = {
    none = {
      expr = select.unsupported environment [ (asks "a@1" "" true) (asks "b@1" ">=3.8,<3.12" true) ];
      expected = [ ];
    };
    # The least that all take, not only those that complain.
    one = {
      expr = select.unsupported environment [ (asks "a@1" ">=3.12" true) (asks "b@1" ">=3.8,!=3.12.*" true) (asks "c@1" "" true) ];
      expected = [
        "a@1 asks for Python >=3.12, and this is 3.11.2"
        ''set [python] interpreter = "python313" in headwater.toml''
      ];
    };
    patchRelease = {
      expr = select.unsupported environment [ (asks "a@1" ">=3.12.4" true) ];
      expected = [
        "a@1 asks for Python >=3.12.4, and this is 3.11.2"
        ''set [python] interpreter = "python312" in headwater.toml''
      ];
    };
    # Another patch release of the same Python is no other interpreter.
    same = {
      expr = select.unsupported environment [ (asks "a@1" ">=3.11.5,<3.12" true) ];
      expected = [
        "a@1 asks for Python >=3.11.5,<3.12, and this is 3.11.2"
        "no other Python from 3.11 to 3.15 is one that all packages take"
      ];
    };
    contradiction = {
      expr = select.unsupported environment [ (asks "a@1" ">=3.13" true) (asks "b@1" "<3.11" true) ];
      expected = [
        "a@1 asks for Python >=3.13, and this is 3.11.2"
        "b@1 asks for Python <3.11, and this is 3.11.2"
        "no other Python from 3.11 to 3.15 is one that all packages take"
      ];
    };
    upperBounds = {
      expr = select.unsupported environment [ (asks "a@1" ">=3.12,<3.13" false) (asks "b@1" ">=3.8,<3.10" false) ];
      expected = [
        "a@1 asks for Python >=3.12,<3.13, and this is 3.11.2"
        ''set [python] interpreter = "python312" in headwater.toml''
      ];
    };
  };

  unlooked = {
    some = {
      expr = select.unlooked environment [
        (asks "a@1" ">=3.8,<3.10" false)
        (asks "b@1" ">=3.8,<3.10" true)
        (asks "c@1" ">=3.12,<3.13" false)
        (asks "d@1" ">=3.8" false)
      ];
      expected = [
        "a@1 asks for Python >=3.8,<3.10, and this is 3.11.2; the lockfile's tool does not look at upper bounds, so it is taken"
      ];
    };
  };
}
