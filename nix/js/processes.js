// SPDX-License-Identifier: MIT OR Apache-2.0
// The processes that a build started, wherever they went: by a variable that they inherit. Only Linux tells.
'use strict';
const fs = require('node:fs');

function read(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    // It has ended, or is another user's.
    return '';
  }
}

/** Those whose environment has `NAME=value`. */
function processesWith(marker) {
  if (!fs.existsSync('/proc/self/environ')) return [];
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(marker)).map(Number);
}

/** The memory that these alone have, and no file behind it. */
function megabytesOf(pids) {
  const kilobytes = pids.map((pid) => Number(/^RssAnon:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** Ends them, and those that they start meanwhile. */
function endAll(marker) {
  for (let round = 0; round < 20; round++) {
    // One that has ended and is waited for has no environment any more.
    const pids = processesWith(marker);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

module.exports = { endAll, megabytesOf, processesWith };
