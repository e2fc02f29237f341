// SPDX-License-Identifier: MIT OR Apache-2.0
// Unpacks a package's tarball as npm does: without its first folder, without links.
'use strict';
const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const { failure } = require('./files.js');

/**
 * @param {string} tarball
 * @param {string} dest
 * @param {string} title  what the tarball is called where it does not unpack
 */
function unpack(tarball, dest, title) {
  fs.mkdirSync(dest, { recursive: true });
  const args = ['--extract', `--file=${tarball}`, `--directory=${dest}`, '--strip-components=1', '--no-same-owner', '--no-same-permissions', '--delay-directory-restore'];
  const tar = spawnSync('tar', args, { encoding: 'utf8' });
  if (tar.error) throw tar.error;
  if (tar.status !== 0) throw failure(`${title} did not unpack: ${tar.stderr}`);
  spawnSync('chmod', ['-R', 'u+rwX', '--', dest]);
  removeOthers(dest);
}

/** Files and folders stay. */
function removeOthers(at) {
  for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
    const name = `${at}/${entry.name}`;
    if (entry.isDirectory()) removeOthers(name);
    else if (!entry.isFile()) fs.rmSync(name);
  }
}

module.exports = { unpack };
