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

  unsupported = {
    one = {
      expr = select.unsupported environment packages [ "a@1" "b@1" "c@1" ];
      expected = [ "b@1 asks for Python <3, and this is 3.11.2" ];
    };
  };
}
