let
  versions = import ../../nix/versions.nix;
in
{
  init = {
    some = {
      expr = versions.init [
        "a"
        "b"
      ];
      expected = [ "a" ];
    };
    none = {
      expr = versions.init [ ];
      expected = [ ];
    };
  };
  alike = {
    byMajor = {
      expr = map (versions.alike 1 "6.19.0") [
        "6.2.1"
        "7.0.0"
      ];
      expected = [
        true
        false
      ];
    };
    byMinor = {
      expr = map (versions.alike 2 "1.50") [
        "1.50.1"
        "1.5.0"
      ];
      expected = [
        true
        false
      ];
    };
    shorter = {
      expr = versions.alike 3 "1" "1.0.0";
      expected = true;
    };
    any = {
      expr = versions.alike 0 "1" "2";
      expected = true;
    };
  };
}
