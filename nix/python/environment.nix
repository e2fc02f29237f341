# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  An environment: the interpreter with packages in it, merged by one derivation
  out of links.

  # Type

  { tools } -> { name, wheels, allowed ? [ ], editable ? { }, opened ? [ ] } -> derivation

  `wheels` is a table of titles and store paths; `editable` one of names and
  projects whose own code lies in a working copy; `opened` are folders of
  libraries that packages open by name while they run.
*/
{ tools }:
{
  name,
  wheels,
  allowed ? [ ],
  editable ? { },
  opened ? [ ],
}:
derivation (
  tools.common
  // {
    inherit name;
    title = name;
    args = tools.run "environment.py";
    config = builtins.toJSON {
      inherit
        wheels
        allowed
        editable
        opened
        ;
      inherit (tools) sitePackages;
    };
    # Hundreds of packages would be too long for an environment variable.
    passAsFile = [ "config" ];
    preferLocalBuild = true;
  }
)
