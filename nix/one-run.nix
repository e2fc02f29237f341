# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Whether the pins beside these files are of the same run as they. A run that was killed in the middle, or a merge
  that took half of each, leaves others: what would be built is not what headwater.lock says.

  Without pins there is nothing to compare: these files may have been copied elsewhere without them.
*/
{ pins, digest }:
!(builtins.pathExists pins)
|| builtins.hashFile "sha256" pins == builtins.readFile digest
|| throw ''
  headwater: headwater.lock and nix/headwater are of different runs: a run was cut short or
  was for another language alone (--to), or a merge took one without the other. Convert again: `headwater convert`
''
