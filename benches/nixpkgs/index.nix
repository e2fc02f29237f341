/**
  Wheels as `python3Packages` of the stand-in for nixpkgs: an overlay. `wheels` is a list of
  `{ name; version; file; requires; extras; }`: the attribute, the wheel, the attributes of what it requires, and of what
  each extra does.
*/
wheels: final: prev: {
  pythonPackagesExtensions = prev.pythonPackagesExtensions ++ [
    (
      self: super:
      let
        package =
          one:
          final.stdenvNoCC.mkDerivation {
            pname = one.name;
            inherit (one) version;
            dontUnpack = true;
            dontFixup = true;
            nativeBuildInputs = [ final.python3 ];
            installPhase = "python3 ${./unpack.py} ${one.file} $out ${final.python3.sitePackages}";
            passthru = {
              isPythonPackage = true;
              dependencies = map (name: self.${name}) one.requires;
              optional-dependencies = builtins.mapAttrs (_: map (name: self.${name})) one.extras;
            };
          };
        named = one: {
          inherit (one) name;
          value = package one;
        };
      in
      builtins.listToAttrs (map named wheels)
      // {
        pytestCheckHook = self.pytest // {
          isTestHook = true;
        };
      }
    )
  ];
}
