// SPDX-License-Identifier: MIT OR Apache-2.0
// The lines of a wrapper that give a program what it would have downloaded.
'use strict';

/** A word of the shell's. */
function quote(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

/**
 * @param {{variables: Object<string,string>, path: string[]}} runtime
 * @returns {string[]}  a variable that is set already keeps its value, and PATH its order
 */
function runtimeLines({ variables, path }) {
  const lines = Object.entries(variables).map(([name, value]) => `if [ -z "\${${name}-}" ]; then export ${name}=${quote(value)}; fi`);
  if (path.length > 0) lines.push(`export PATH="\${PATH:+$PATH:}"${quote(path.join(':'))}`);
  return lines;
}

module.exports = { quote, runtimeLines };
