// SPDX-License-Identifier: MIT OR Apache-2.0
// First lines of scripts as they were, before they are packed: the store's interpreters are for the build alone.
'use strict';
const fs = require('node:fs');
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

/** A text with its patched lines as they were: whole lines, also such as a source map quotes. */
function restored(text, lines) {
  return text.replace(/#![^\r\n"\\]*/g, (line) => lines.get(line) ?? line);
}

/**
 * Restores the lines in a folder's files: those that were patched, and what a build made of them.
 *
 * @param {string} folder
 * @param {Map<string, {before: string, after: string}>} patched  by file
 * @param {Map<string, string>} usual  for what was patched elsewhere
 */
function restoreFolder(folder, patched, usual) {
  const known = new Map([...usual, ...[...patched.values()].map(({ before, after }) => [after, before.replace(/\r$/, '')])]);
  const restore = (file) => {
    const content = fs.readFileSync(file);
    if (!content.includes(`#!${STORE}/`)) return;
    let text = content.toString('latin1');
    const own = patched.get(file);
    if (own && firstLine(content) === own.after) text = own.before + text.slice(own.after.length);
    fs.writeFileSync(file, restored(text, known), 'latin1');
  };
  const visit = (below) => {
    for (const entry of fs.readdirSync(below, { withFileTypes: true })) {
      const at = `${below}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') visit(at);
      else if (entry.isFile()) restore(at);
    }
  };
  visit(folder);
}

module.exports = { firstLine, restoreFolder, usualLines };
