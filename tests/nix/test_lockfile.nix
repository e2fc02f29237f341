let
  lockfile = import ../../nix/lockfile.nix;
  stale = path: sha256: lockfile.stale ./. { inherit path sha256; };
in
{
  stale = {
    notSaid = {
      expr = lockfile.stale ./. null;
      expected = [ ];
    };
    same = {
      expr = stale "default.nix" (builtins.hashFile "sha256" ./default.nix);
      expected = [ ];
    };
    changed = {
      expr = stale "default.nix" (builtins.hashString "sha256" "another");
      expected = [ "default.nix has changed since the conversion: run headwater convert" ];
    };
    notThere = {
      expr = stale "package-lock.json" (builtins.hashString "sha256" "");
      expected = [ ];
    };
  };
}
