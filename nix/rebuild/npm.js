// SPDX-License-Identifier: MIT OR Apache-2.0
// `npm`: what runs and packs is npm's own work, offline; what installs is done already.
'use strict';

const VALUED = new Set(['--prefix', '-C', '--workspace', '-w', '--loglevel', '--script-shell', '--userconfig', '--cache', '--registry', '--tag']);
const RUN = new Set(
  'run run-script rum urn exec x pack version root prefix pkg test tst t start stop restart ls list ll la help config c get set explain query'.split(' '),
);
const SKIPPED = new Set(
  'ci clean-install ic install-clean isntall-clean install i add in isntall install-test it install-ci-test cit audit publish login adduser logout dedupe ddp prune rebuild rb link ln fund update up upgrade outdated uninstall remove rm un shrinkwrap'.split(
    ' ',
  ),
);

/** Where the command is among arguments: options may come first. */
function commandAt(argv, valued) {
  let at = 0;
  while (at < argv.length && argv[at].startsWith('-')) at += valued.has(argv[at]) ? 2 : 1;
  return at;
}

/** npm itself, in a folder. */
function npmRun(args, facts, cwd = facts.cwd) {
  return { program: facts.node, args: [facts.npm, ...args], cwd };
}

/** @param {string[]} argv */
function npm(argv, facts) {
  const command = argv[commandAt(argv, VALUED)];
  if (command === undefined || RUN.has(command)) return { runs: [npmRun(argv, facts)] };
  if (SKIPPED.has(command)) return { skipped: true };
  return { unknown: 'it would ask the registry' };
}

module.exports = { commandAt, npm, npmRun };
