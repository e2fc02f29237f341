let
  pep440 = import ../../../nix/python/pep440.nix;
  # What Python's packaging 26.3 answers.
  table = builtins.fromJSON (builtins.readFile ./pep440.json);
  inherit (builtins) concatStringsSep genList length elemAt;
  indices = list: genList (n: n) (length list);
  clauseOf = text: builtins.head (pep440.parseSpecifier text);
  row = clause: concatStringsSep "" (map (v: if pep440.allows clause v == true then "y" else "-") table.versions);
in
{
  parse = {
    all = {
      expr = pep440.parse "v1!2.0-ALPHA.03.post-3.dev4+Ubuntu_1";
      expected = {
        epoch = "1";
        release = [ "2" "0" ];
        pre = { kind = "a"; number = "3"; };
        post = "3";
        dev = "4";
        local = [ "ubuntu" "1" ];
      };
    };
    least = {
      expr = pep440.parse "3";
      expected = {
        epoch = "0";
        release = [ "3" ];
        pre = null;
        post = null;
        dev = null;
        local = [ ];
      };
    };
    invalid = {
      expr = builtins.filter (text: pep440.parse text != null) table.invalid;
      expected = [ ];
    };
  };

  compare = {
    # Each with each, both ways.
    ordered = {
      expr = builtins.concatMap (
        i:
        builtins.filter (text: text != "") (
          map (
            j:
            let
              want = if i == j then 0 else if i < j then -1 else 1;
              a = elemAt table.ordered i;
              b = elemAt table.ordered j;
            in
            if pep440.compare a b == want then "" else "${a} ${b}"
          ) (indices table.ordered)
        )
      ) (indices table.ordered);
      expected = [ ];
    };
    equal = {
      expr = builtins.filter (pair: pep440.compare (elemAt pair 0) (elemAt pair 1) != 0) table.equal;
      expected = [ ];
    };
  };

  parseSpecifier = {
    clauses = {
      expr = pep440.parseSpecifier " >=1.2, !=1.4.* ,===foo,";
      expected = [
        { op = ">="; version = "1.2"; }
        { op = "!="; version = "1.4.*"; }
        { op = "==="; version = "foo"; }
      ];
    };
    none = {
      expr = pep440.parseSpecifier "";
      expected = [ ];
    };
    invalid = {
      expr = map pep440.parseSpecifier [ "1.2" "=>1" ">=1 2" ];
      expected = [ null null null ];
    };
  };

  allows = {
    table = {
      expr = builtins.mapAttrs (text: _: row (clauseOf text)) table.clauses;
      expected = table.clauses;
    };
    invalid = {
      expr = builtins.filter (text: pep440.allows (clauseOf text) "1.0" != null) table.badClauses;
      expected = [ ];
    };
    noVersion = {
      expr = map (text: pep440.allows (clauseOf text) "linux") [ ">=1" "==1.*" "===linux" ];
      expected = [ null null true ];
    };
  };

  contains = {
    table = {
      expr = builtins.filter (
        case: pep440.contains (elemAt case 0) (elemAt case 1) != elemAt case 2
      ) table.sets;
      expected = [ ];
    };
    invalid = {
      expr = (builtins.tryEval (pep440.contains "nonsense" "1")).success;
      expected = false;
    };
  };

  lowerBounds = {
    some = {
      expr = map pep440.lowerBounds [ "" ">=3.8,<3.12" "<4,!=3.9.*" "~=3.10" "==3.11.*" ">3.7" "==3.11.4" ];
      expected = [ "" ">=3.8" "" ">=3.10" ">=3.11" ">3.7" ">=3.11.4" ];
    };
    invalid = {
      expr = (builtins.tryEval (pep440.lowerBounds "3.8")).success;
      expected = false;
    };
  };
}
