// SPDX-License-Identifier: MIT OR Apache-2.0
// What the commands of a build find in place of programs that would ask a network, a repository or the clock.
//
// A shim reads its arguments (each program's file, pure) and gives one of
//   { text, code }       what the program would print, and end with
//   { skipped: true }    it is not run, and ends well: everything is there already
//   { unknown: why }     it is said, and fails
//   { runs: [...] }      programs that are run one after the other: { program, args, cwd }
// What was asked, other than what a package manager runs, is noted for whoever reads the outcome.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { git } = require('./git.js');
const { date } = require('./date.js');
const { npm } = require('./npm.js');
const { corepack, pnpm, yarn } = require('./managers.js');
const { npx } = require('./programs.js');
const { readWorkspaces } = require('./workspaces.js');

const skip = () => ({ skipped: true });
const SHIMS = { corepack, date, git, husky: skip, npm, npx, pnpm, pnpx: npx, yarn, yarnpkg: yarn };
const names = Object.keys(SHIMS);

/** The files of the commit. */
function filesOf(folder, below = '') {
  return fs.readdirSync(`${folder}/${below}`, { withFileTypes: true }).flatMap((entry) => {
    const at = below ? `${below}/${entry.name}` : entry.name;
    return entry.isDirectory() ? filesOf(folder, at) : [at];
  });
}

/** What a shim knows: what the builder wrote down, and what is on the disk. */
function readFacts(file) {
  const given = JSON.parse(fs.readFileSync(file, 'utf8'));
  const readJson = (at) => (fs.existsSync(at) ? JSON.parse(fs.readFileSync(at, 'utf8')) : null);
  return {
    ...given,
    cwd: process.cwd(),
    has: (at) => fs.existsSync(at),
    read: (at) => (fs.lstatSync(at, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(at, 'utf8') : null),
    manifest: (folder) => readJson(`${folder}/package.json`),
    files: () => filesOf(given.source),
    workspaces: () => readWorkspaces(given.root),
  };
}

/** Runs programs until one fails. */
function run(runs) {
  for (const { program, args, cwd } of runs) {
    const done = spawnSync(program, args, { cwd, stdio: 'inherit' });
    if (done.error) {
      console.error(`headwater: ${program}: ${done.error.message}`);
      return 127;
    }
    if (done.status !== 0) return done.status ?? 1;
  }
  return 0;
}

/** A program of this name, called with this process' arguments. */
function shim(name, file) {
  const facts = readFacts(file);
  const args = process.argv.slice(2);
  const shown = [name, ...args].join(' ').replaceAll('\n', ' ');
  const outcome = SHIMS[name](args, facts);
  const note = (what) => fs.appendFileSync(facts.asked, `${shown}: ${what}\n`);
  if (outcome.runs) {
    process.exitCode = run(outcome.runs);
  } else if (outcome.skipped) {
    note('not run');
    console.error(`headwater: \`${shown}\` is not run: there is no network, and what it would install is there`);
  } else if (outcome.unknown) {
    note('failed');
    console.error(`headwater: \`${shown}\` cannot be answered in a build: ${outcome.unknown}`);
    process.exitCode = outcome.code ?? 1;
  } else {
    note('answered');
    process.stdout.write(outcome.text);
    process.exitCode = outcome.code ?? 0;
  }
}

/**
 * Writes the programs into a folder.
 *
 * @param {string} file  where what they know will be
 */
function install(folder, node, file) {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const text = `#!${node}\nrequire(${JSON.stringify(path.join(__dirname, 'shim.js'))}).shim(${JSON.stringify(name)}, ${JSON.stringify(file)});\n`;
    fs.writeFileSync(`${folder}/${name}`, text, { mode: 0o755 });
  }
}

module.exports = { install, names, shim };
