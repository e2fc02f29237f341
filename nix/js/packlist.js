// SPDX-License-Identifier: MIT OR Apache-2.0
// npm's own packing, offline and without scripts.
'use strict';
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const { failure } = require('./files.js');
const { npmOf } = require('./lifecycle.js');

/**
 * Runs `npm pack` in a folder.
 *
 * @param {string} folder
 * @param {string} npm  its program
 * @param {string[]} options
 * @param {object} env  its HOME takes npm's cache
 * @returns {string[]}  the paths of the files, below the folder
 */
function npmPack(folder, npm, options, env) {
  // npm 10 runs `prepare` here, whatever it is told.
  const args = [npm, 'pack', ...options, '--json', '--ignore-scripts', '--script-shell=true', '--offline', '--workspaces=false', '--silent'];
  const answer = execFileSync(process.execPath, args, {
    cwd: folder,
    env: { ...env, npm_config_cache: `${env.HOME}/npm-cache`, npm_config_update_notifier: 'false' },
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // An array, or in later versions of npm an object of packages by name.
  const [packed] = Object.values(JSON.parse(answer));
  return packed.files.map((file) => file.path);
}

/** Which files of a folder npm would pack. */
function packList(folder, nodejs) {
  try {
    return npmPack(folder, `${npmOf(nodejs).root}/bin/npm-cli.js`, ['--dry-run'], { ...process.env, HOME: process.env.TMPDIR });
  } catch (error) {
    throw failure(`npm pack could not list the files of the project:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

/** Whether npm can pack it at all: a package without a name it refuses. */
function canPack(folder) {
  const manifest = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
  return Boolean(manifest.name && manifest.version);
}

module.exports = { canPack, npmPack, packList };
