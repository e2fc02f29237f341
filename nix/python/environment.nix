/**
  An environment: the interpreter with packages in it, merged by one derivation
  out of links.

  # Type

  { tools } -> { name, wheels, allowed ? [ ], editable ? { } } -> derivation

  `wheels` is a table of titles and store paths; `editable` one of names and
  projects whose own code lies in a working copy.
*/
{ tools }:
{
  name,
  wheels,
  allowed ? [ ],
  editable ? { },
}:
derivation (
  tools.common
  // {
    inherit name;
    title = name;
    args = tools.run "environment.py";
    config = builtins.toJSON {
      inherit wheels allowed editable;
      inherit (tools) sitePackages;
    };
    # Hundreds of packages would be too long for an environment variable.
    passAsFile = [ "config" ];
    preferLocalBuild = true;
  }
)
