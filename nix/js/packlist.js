// SPDX-License-Identifier: MIT OR Apache-2.0
// Which files of a folder npm would pack: its own answer, asked offline.
'use strict';
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const { failure } = require('./files.js');
const { npmOf } = require('./lifecycle.js');

/**
 * @param {string} folder
 * @param {string} nodejs
 * @returns {string[]}  paths below the folder
 */
function packList(folder, nodejs) {
  const npm = npmOf(nodejs);
  // npm 10 runs `prepare` here, whatever it is told.
  const args = [`${npm.root}/bin/npm-cli.js`, 'pack', '--dry-run', '--json', '--ignore-scripts', '--script-shell=true', '--offline', '--workspaces=false', '--silent'];
  const env = {
    ...process.env,
    HOME: process.env.TMPDIR,
    npm_config_cache: `${process.env.TMPDIR}/npm-cache`,
    npm_config_update_notifier: 'false',
  };
  let answer;
  try {
    answer = execFileSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw failure(`npm pack could not list the files of the project:\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
  // An array, or in later versions of npm an object of packages by name.
  const [packed] = Object.values(JSON.parse(answer));
  return packed.files.map((file) => file.path);
}

/** Whether npm can pack it at all: a package without a name it refuses. */
function canPack(folder) {
  const manifest = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
  return Boolean(manifest.name && manifest.version);
}

module.exports = { canPack, packList };
