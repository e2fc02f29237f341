// SPDX-License-Identifier: MIT OR Apache-2.0
// First lines of scripts, made to name interpreters of the store.
'use strict';

const STORE = process.env.NIX_STORE ?? '/nix/store';

// What may stand before the program of an `env`: options and assignments.
const OPTION_WITH_VALUE = new Set(['-u', '--unset', '-C', '--chdir']);

/**
 * The first line of a script with its interpreter replaced, or null where
 * nothing is to be done.
 *
 * @param {string} line            the line, with `#!`, without its end
 * @param {Object<string,string>} interpreters  program -> absolute path; `env` too
 * @returns {string|null}
 */
function patchLine(line, interpreters) {
  const words = line.slice(2).trim().split(/[ \t]+/);
  if (!words[0] || words[0].startsWith(`${STORE}/`)) return null;
  const program = baseName(words[0]);
  if (program !== 'env') {
    const path = interpreters[program];
    return path ? '#!' + [path, ...words.slice(1)].join(' ') : null;
  }

  // env [-S] [-i] [-u NAME] [NAME=value]... program [argument]...
  let rest = words.slice(1);
  if (rest[0] && rest[0].startsWith('-S') && rest[0].length > 2) rest = ['-S', rest[0].slice(2), ...rest.slice(1)];
  if (rest[0] === '--split-string' || rest[0] === '-S') rest.shift();
  let at = 0;
  while (at < rest.length) {
    if (OPTION_WITH_VALUE.has(rest[at])) at += 2;
    else if (rest[at].startsWith('-') || /^[A-Za-z_][A-Za-z0-9_]*=/.test(rest[at])) at += 1;
    else break;
  }
  const path = rest[at] && interpreters[baseName(rest[at])];
  if (!path) return null;
  const tail = [path, ...rest.slice(at + 1)];
  if (at === 0) return '#!' + tail.join(' ');
  // Something is set for the program, so it still has to go through env.
  return interpreters.env ? '#!' + [interpreters.env, '-S', ...rest.slice(0, at), ...tail].join(' ') : null;
}

/**
 * The content of an executable with its first line patched.
 *
 * @param {Buffer} content
 * @param {Object<string,string>} interpreters
 * @param {boolean} isBin  a package's bin: a CRLF first line is mended, as npm does
 * @returns {Buffer|null}  null where the content stays as it is
 */
function patchContent(content, interpreters, isBin) {
  if (content.length < 3 || content[0] !== 0x23 || content[1] !== 0x21) return null;
  let end = content.indexOf(0x0a);
  if (end < 0) end = content.length;
  const crlf = end > 0 && content[end - 1] === 0x0d;
  const line = content.toString('latin1', 0, crlf ? end - 1 : end);
  const patched = patchLine(line, interpreters);
  if (patched === null && !(crlf && isBin)) return null;
  return Buffer.concat([Buffer.from(patched ?? line, 'latin1'), content.subarray(end)]);
}

function baseName(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

module.exports = { STORE, patchLine, patchContent };
