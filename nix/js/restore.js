// SPDX-License-Identifier: MIT OR Apache-2.0
// First lines of scripts as they were, before they are packed: the store's interpreters are for the build alone.
'use strict';
const fs = require('node:fs');
const { startsWithShebang } = require('./files.js');
const { STORE } = require('./shebang.js');

/** The first line of a content, without its end. */
function firstLine(content) {
  const end = content.indexOf(0x0a);
  return content.toString('latin1', 0, end < 0 ? content.length : end);
}

/** What the usual first lines were patched to, and what they are. */
function usualLines(interpreters) {
  const lines = new Map();
  for (const name of ['nodejs', 'node', 'bash']) lines.set(`#!${interpreters[name]}`, `#!/usr/bin/env ${name}`);
  lines.set(`#!${interpreters.sh}`, '#!/bin/sh');
  return lines;
}

/**
 * Restores the first lines of a folder's files: of those that were patched, and of copies that a build made of them.
 *
 * @param {string} folder
 * @param {Map<string, {before: string, after: string}>} patched  by file
 * @param {Map<string, string>} usual  for copies of what nobody patched
 */
function restoreFolder(folder, patched, usual) {
  const known = new Map([...usual, ...[...patched.values()].map(({ before, after }) => [after, before])]);
  const visit = (below) => {
    for (const entry of fs.readdirSync(below, { withFileTypes: true })) {
      const at = `${below}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') visit(at);
      else if (entry.isFile() && startsWithShebang(at)) restore(at);
    }
  };
  const restore = (file) => {
    const content = fs.readFileSync(file);
    const line = firstLine(content);
    if (!line.startsWith(`#!${STORE}/`)) return;
    const own = patched.get(file);
    const before = own?.after === line ? own.before : known.get(line);
    if (before === undefined) return;
    fs.writeFileSync(file, Buffer.concat([Buffer.from(before, 'latin1'), content.subarray(line.length)]));
  };
  visit(folder);
}

module.exports = { firstLine, restoreFolder, usualLines };
