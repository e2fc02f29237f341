/**
  Packs made from the project's own files: a packed copy of a folder, or a
  tarball that lies in the project.

  # Type

  { pkgs, tools, src } -> name -> local package -> derivation
*/
{
  pkgs,
  tools,
  src,
}:
name: package:
derivation (
  tools.common
  // {
    name = "headwater-${name}";
    args = [ "${tools.js}/local.js" ];
    PATH = builtins.concatStringsSep ":" [
      "${pkgs.gnutar}/bin"
      "${pkgs.gzip}/bin"
      "${pkgs.bash}/bin"
      "${pkgs.coreutils}/bin"
      "${tools.nodejs}/bin"
    ];
    inherit (package) kind folder;
    hash = if package.hash or null == null then "" else package.hash;
    nodejs = "${tools.nodejs}";
    shownPath = package.path;
    source = builtins.path {
      path = src + "/${package.path}";
      name = "headwater-local";
      filter = path: _: !(builtins.elem (baseNameOf path) [ "node_modules" ".git" ]);
    };
  }
)
