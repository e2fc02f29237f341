# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  The development shell: the environment with the tools of development, and the
  project's own code from the working copy. Nothing is written there.

  # Type

  { pkgs, packages, environment, inputs } -> derivation
*/
{
  pkgs,
  packages,
  environment,
  inputs,
}:
pkgs.mkShell {
  name = "${packages.pname}-shell";
  packages = [ environment ];
  # For an extension of the project's own, built in place.
  buildInputs = inputs;
  shellHook = ''
    # Another environment's modules must not come before this one's.
    unset PYTHONPATH PYTHONHOME
    export VIRTUAL_ENV=${environment} VIRTUAL_ENV_DISABLE_PROMPT=1
    # The project is the nearest folder upward that was converted.
    HEADWATER_PROJECT=$PWD
    until [ -e "$HEADWATER_PROJECT/headwater.lock" ] || [ -d "$HEADWATER_PROJECT/nix/headwater" ]; do
      if [ -z "$HEADWATER_PROJECT" ] || [ "$HEADWATER_PROJECT" = / ]; then
        echo "headwater: no converted project here or above, so its own code is not found" >&2
        HEADWATER_PROJECT=
        break
      fi
      HEADWATER_PROJECT=''${HEADWATER_PROJECT%/*}
    done
    HEADWATER_PROJECT=''${HEADWATER_PROJECT:+$HEADWATER_PROJECT${
      if packages ? up then "/${packages.up}" else ""
    }}
    export HEADWATER_PROJECT
  '';
}
