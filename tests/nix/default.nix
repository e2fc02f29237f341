/**
  Runs the unit tests of the library's pure functions.

      nix-instantiate --eval --strict tests/nix

  Each `test_x.nix` holds, per function of `nix/x.nix`, an attribute set of
  cases `{ expr; expected; }`. The result is "N passed, 0 failed"; anything
  else is an evaluation error that lists what differs. A function without a
  test is a failure too, and so is a file of functions that is not listed.
*/
let
  files = [
    "engines"
    "lockfile"
    "platform"
    "python/pep440"
    "python/pep508"
    "python/select"
    "python/source"
    "python/tags"
    "select"
    "source"
    "text"
    "versions"
  ];

  # Those that are no functions themselves, which builds test.
  listable = builtins.concatMap (
    folder:
    map (name: "${folder}${builtins.head (builtins.match "(.*)[.]nix" name)}") (
      builtins.filter (
        name: builtins.match ".*[.]nix" name != null && builtins.isAttrs (import (../../nix + "/${folder}${name}"))
      ) (builtins.attrNames (builtins.readDir (../../nix + "/${folder}")))
    )
  ) [ "" "python/" ];
  unlisted = map (file: {
    title = file;
    passed = false;
    detail = "is not among the files that are tested";
  }) (builtins.filter (file: !(builtins.elem file files)) listable);

  testsOf =
    file:
    let
      parts = builtins.match "(.*/)?([^/]*)" file;
      folder = if builtins.head parts == null then "" else builtins.head parts;
    in
    import (./. + "/${folder}test_${builtins.elemAt parts 1}.nix");

  caseOf = file: function: name: test: {
    title = "${file}.${function}: ${name}";
    passed = test.expr == test.expected;
    detail = "expected ${builtins.toJSON test.expected}, got ${builtins.toJSON test.expr}";
  };

  casesOf =
    file:
    let
      functions = import (../../nix + "/${file}.nix");
      tests = testsOf file;
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

  cases = builtins.concatMap casesOf files ++ unlisted;
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
