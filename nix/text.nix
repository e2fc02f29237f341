# SPDX-License-Identifier: MIT OR Apache-2.0
/**
  Text that comes from outside, made fit for where it goes.
*/
let
  letters = builtins.genList (n: n) 26;
  at = alphabet: n: builtins.substring n 1 alphabet;
  uppers = map (at "ABCDEFGHIJKLMNOPQRSTUVWXYZ") letters;
  lowers = map (at "abcdefghijklmnopqrstuvwxyz") letters;
in
{
  /**
    ASCII letters in lower case.

    # Type

    lower :: String -> String
  */
  lower = builtins.replaceStrings uppers lowers;

  /**
    A text in letters that the store takes for a name.

    # Type

    storeName :: String -> String
  */
  storeName =
    text:
    let
      kept = builtins.concatStringsSep "-" (
        builtins.filter builtins.isString (builtins.split "[^A-Za-z0-9+._?=-]+" text)
      );
    in
    # A name may not begin with a dot.
    if builtins.substring 0 1 kept == "." then "-${kept}" else kept;
}
