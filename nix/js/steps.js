// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the commands of a recipe within limits of time and memory: each whatever the one before ended with, or up to the
// first that fails.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { endAll, megabytesOf, processesWith } = require('./processes.js');

/**
 * One command, until it ends or is ended.
 *
 * @returns {Promise<{exit: number, ended: null | 'time' | 'memory'}>}
 */
function runCommand(command, { bash, cwd, env, seconds, megabytes, say }) {
  return new Promise((resolve) => {
    // A group of its own, which is ended as one.
    const child = spawn(bash, ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const marker = `HEADWATER_REBUILD=${env.HEADWATER_REBUILD}`;
    let ended = null;
    const end = (why) => {
      ended ??= why;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      endAll(marker);
    };
    const clock = setTimeout(() => end('time'), seconds * 1000);
    const watch = setInterval(() => {
      if (megabytesOf(processesWith(marker)) > megabytes) end('memory');
    }, 1000);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', say);
    child.on('error', (error) => {
      say(`${error.message}\n`);
      clearTimeout(clock);
      clearInterval(watch);
      resolve({ exit: 127, ended });
    });
    // What it left behind may hold its output open.
    child.on('exit', () => end(null));
    child.on('close', (code, signal) => {
      clearTimeout(clock);
      clearInterval(watch);
      resolve({ exit: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15), ended });
    });
  });
}

/**
 * @param {{directory: string, command: string, mayFail?: boolean}[]} steps
 * @param {object} options
 *   root    the repository
 *   bash    the shell
 *   envOf   (directory) -> the environment there
 *   limits  { seconds, megabytes }: seconds for all together
 *   say     told what they print
 *   strict  whether the first that fails is the last, but for one that may
 * @returns {Promise<{directory: string, command: string, exit: number, ended?: string}[]>}
 */
async function runSteps(steps, { root, bash, envOf, limits, say, strict = false }) {
  const start = Date.now();
  const outcomes = [];
  for (const { directory, command, mayFail = false } of steps) {
    const before = Date.now();
    const seconds = limits.seconds - (before - start) / 1000;
    const cwd = path.join(root, directory);
    say(`\n> ${directory || 'the repository'}\n> ${command}\n\n`);
    let exit = 137;
    let ended = 'time';
    if (!fs.existsSync(cwd)) {
      say(`there is no folder ${directory}\n`);
      [exit, ended] = [127, null];
    } else if (seconds > 0) {
      ({ exit, ended } = await runCommand(command, { bash, cwd, env: envOf(directory), seconds, megabytes: limits.megabytes, say }));
    }
    if (ended) say(`headwater: ended: it took more than ${ended === 'time' ? `${limits.seconds} seconds` : `${limits.megabytes} MiB of memory`}\n`);
    else if (exit !== 0) say(`headwater: it ended with ${exit}${strict && !mayFail ? '' : '; what it made counts'}\n`);
    // The builder's own output alone: durations differ from run to run.
    process.stderr.write(`headwater: that took ${((Date.now() - before) / 1000).toFixed(1)} s\n`);
    outcomes.push({ directory, command, exit, ...(ended && { ended }) });
    if (strict && (ended || (exit !== 0 && !mayFail))) break;
  }
  return outcomes;
}

module.exports = { runSteps };
