# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Versions, as far as their leading numbers go.
*/
let
  inherit (builtins)
    elemAt
    genList
    length
    splitVersion
    ;
in
rec {
  /**
    All but the last of a list.

    # Type

    init :: [a] -> [a]
  */
  init = list: genList (elemAt list) (if list == [ ] then 0 else length list - 1);

  /**
    Whether two versions have the same first parts.

    # Type

    alike :: Int -> String -> String -> Bool
  */
  alike =
    parts: left: right:
    let
      part = list: at: if at < length list then elemAt list at else "0";
      start = version: genList (part (splitVersion version)) parts;
    in
    start left == start right;
}
