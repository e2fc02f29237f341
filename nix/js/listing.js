// SPDX-License-Identifier: MIT OR Apache-2.0
// What a package holds, in one line for each file, so that two can be compared.
'use strict';
const fs = require('node:fs');
const { createHash } = require('node:crypto');

/** @returns {string[]}  `SHA256 MODE PATH` of each file, sorted by bytes; MODE is 755 for an executable, else 644 */
function listing(folder) {
  const lines = [];
  const visit = (below) => {
    for (const entry of fs.readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
      const at = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        visit(at);
        continue;
      }
      const file = `${folder}/${at}`;
      const mode = fs.lstatSync(file).mode & 0o111 ? '755' : '644';
      lines.push(`${createHash('sha256').update(fs.readFileSync(file)).digest('hex')} ${mode} ${at}`);
    }
  };
  visit('');
  return lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The SHA-256 of these lines, each with its end, in hexadecimal digits. */
function digestOf(lines) {
  return createHash('sha256').update(lines.map((line) => `${line}\n`).join('')).digest('hex');
}

module.exports = { digestOf, listing };
