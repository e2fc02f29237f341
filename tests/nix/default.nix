/**
  Runs the unit tests of the library's pure functions.

      nix-instantiate --eval --strict tests/nix

  Each `test_x.nix` holds, per function of `nix/x.nix`, an attribute set of
  cases `{ expr; expected; }`. The result is "N passed, 0 failed"; anything
  else is an evaluation error that lists what differs. A function without a
  test is a failure too.
*/
let
  files = [
    "lockfile"
    "platform"
    "select"
    "source"
  ];

  caseOf = file: function: name: test: {
    title = "${file}.${function}: ${name}";
    passed = test.expr == test.expected;
    detail = "expected ${builtins.toJSON test.expected}, got ${builtins.toJSON test.expr}";
  };

  casesOf =
    file:
    let
      functions = import (../../nix + "/${file}.nix");
      tests = import (./. + "/test_${file}.nix");
      untested = builtins.filter (name: !(tests ? ${name})) (builtins.attrNames functions);
      stale = builtins.filter (name: !(functions ? ${name})) (builtins.attrNames tests);
    in
    builtins.concatMap (
      function:
      builtins.attrValues (builtins.mapAttrs (caseOf file function) tests.${function})
    ) (builtins.attrNames tests)
    ++ map (name: {
      title = "${file}.${name}";
      passed = false;
      detail = "has no test";
    }) untested
    ++ map (name: {
      title = "${file}.${name}";
      passed = false;
      detail = "is tested, and not there";
    }) stale;

  cases = builtins.concatMap casesOf files;
  failed = builtins.filter (case: !case.passed) cases;
  summary = "${toString (builtins.length cases - builtins.length failed)} passed, ${toString (builtins.length failed)} failed";
in
if failed == [ ] then
  summary
else
  throw (
    builtins.concatStringsSep "\n" (
      [ summary ] ++ map (case: "  ${case.title}: ${case.detail}") failed
    )
  )
