let
  text = import ../../nix/text.nix;
in
{
  lower = {
    ascii = {
      expr = text.lower "AbcXYZ-1Ä";
      expected = "abcxyz-1Ä";
    };
  };

  storeName = {
    kept = {
      expr = text.storeName "a-1.0+local.1_x.tar.gz";
      expected = "a-1.0+local.1_x.tar.gz";
    };
    changed = {
      expr = map text.storeName [ "a-1!2.0" "@a/b c" ".hidden" ];
      expected = [ "a-1-2.0" "-a-b-c" "-.hidden" ];
    };
  };
}
