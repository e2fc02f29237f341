// SPDX-License-Identifier: MIT OR Apache-2.0
// Programs of packages that are there: what `npx` and its kin run. None is downloaded.
'use strict';
const path = require('node:path').posix;

/** The folders from this one to the root. */
function upwards(cwd, root) {
  const found = [cwd];
  for (let at = cwd; at !== root && at.startsWith(`${root}/`); ) found.push((at = path.dirname(at)));
  return found;
}

/** The file of a program: one of that name, or the only one of the package of that name. */
function findProgram(name, facts) {
  for (const folder of upwards(facts.cwd, facts.root)) {
    const modules = `${folder}/node_modules`;
    if (facts.has(`${modules}/.bin/${name}`)) return `${modules}/.bin/${name}`;
    const bin = facts.manifest(`${modules}/${name}`)?.bin;
    const files = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
    if (files.length === 1) return path.join(modules, name, files[0]);
  }
  return null;
}

/** The program that is run, or what is said where it is not there. */
function runProgram(name, args, facts) {
  const program = findProgram(name, facts);
  if (!program) return { unknown: `no package that is installed has a program ${name}`, code: 127 };
  return { runs: [{ program, args, cwd: facts.cwd }] };
}

/** A package's name without its version. */
function withoutVersion(spec) {
  const at = spec.indexOf('@', 1);
  return at > 0 ? spec.slice(0, at) : spec;
}

/** @param {string[]} argv  those of npx, pnpx, `pnpm dlx` or `yarn dlx` */
function npx(argv, facts) {
  let at = 0;
  for (; at < argv.length && argv[at].startsWith('-'); at++) {
    if (argv[at] === '--') {
      at++;
      break;
    }
    const call = /^(?:-c|--call)(?:=(.*))?$/s.exec(argv[at]);
    if (call) return { runs: [{ program: 'bash', args: ['-c', call[1] ?? argv[at + 1] ?? ''], cwd: facts.cwd }] };
    if (argv[at] === '-p' || argv[at] === '--package') at++;
  }
  if (at >= argv.length) return { unknown: 'it names no program' };
  return runProgram(withoutVersion(argv[at]), argv.slice(at + 1), facts);
}

module.exports = { findProgram, npx, runProgram };
