// SPDX-License-Identifier: MIT OR Apache-2.0
// `date`, which tells the commit's time unless it is asked about another.
'use strict';

const OTHER = /^(-d|--date|-r|--reference|-f|--file|-s|--set|--version|--help)/;

/** @param {string[]} argv */
function date(argv, facts) {
  const about = argv.some((arg) => OTHER.test(arg) || /^-[a-zA-Z]*[dr]$/.test(arg));
  return { runs: [{ program: facts.date, args: about ? argv : ['-d', `@${facts.time}`, ...argv], cwd: facts.cwd }] };
}

module.exports = { date };
