let
  inherit (import ../../nix/engines.nix) allows unmet;

  comparison = is: version: { inherit is version; };
  between = [
    (comparison ">=" "20.0.0")
    (comparison "<" "21.0.0")
  ];
  engine = {
    by = "package.json";
    range = "^20 || >=22.5";
    any = [
      between
      [ (comparison ">=" "22.5.0") ]
    ];
    attributes = [
      "nodejs_24"
      "nodejs_20"
    ];
  };
in
{
  allows = {
    in-the-first = {
      expr = allows engine.any "20.9.1";
      expected = true;
    };
    between-them = {
      expr = map (allows engine.any) [
        "21.0.0"
        "22.4.9"
        "19.9.9"
      ];
      expected = [
        false
        false
        false
      ];
    };
    numbers-not-letters = {
      expr = allows [ [ (comparison ">=" "9.0.0") ] ] "22.14.0";
      expected = true;
    };
    the-others = {
      expr = map (is: allows [ [ (comparison is "1.0.0") ] ] "1.0.0") [
        "="
        ">"
        "<"
        "<="
      ];
      expected = [
        true
        false
        false
        true
      ];
    };
  };

  unmet = {
    nothing-to-say = {
      expr = unmet { version = "24.1.0"; } [ engine ];
      expected = [ ];
    };
    what-will-do = {
      expr = unmet { name = "nodejs-21.1.0"; } [ engine ];
      expected = [
        "package.json asks for node ^20 || >=22.5, and pkgs.nodejs is 21.1.0; in headwater.toml: [project] nodejs = \"nodejs_24\" (or nodejs_20)"
      ];
    };
    nothing-will-do = {
      expr = unmet { version = "21.0.0"; } [ (engine // { attributes = [ ]; }) ];
      expected = [
        "package.json asks for node ^20 || >=22.5, and pkgs.nodejs is 21.0.0; no Node of nixpkgs will do"
      ];
    };
  };
}
