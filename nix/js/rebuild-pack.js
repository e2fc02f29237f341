// SPDX-License-Identifier: MIT OR Apache-2.0
// Packs what was built, by the package manager that publishes it, without any script.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { npmPack } = require('./packlist.js');

/**
 * @param {object} config  from rebuild.nix
 * @param {{folder: string, pnpm: string|null, work: string}} places
 * @returns {string|null}  the tarball; null where it could not be packed, and why is said
 */
function pack(config, { folder, pnpm, work }) {
  const destination = `${work}/packed`;
  const home = `${work}/packing`;
  for (const at of [destination, home]) fs.mkdirSync(at, { recursive: true });
  // None of the steps' variables, and no home that they wrote to.
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR, TZ: 'UTC', LANG: 'C.UTF-8', CI: '1' };
  try {
    if (config.recipe.packer === 'npm') npmPack(folder, config.nodejs, [`--pack-destination=${destination}`], env);
    else pnpmPack(folder, pnpm, destination, env, require(`${config.runtime}/managers.js`).PNPM);
  } catch (error) {
    console.error(`headwater: ${config.recipe.packer} could not pack it:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
    return null;
  }
  const [tarball] = fs.readdirSync(destination).filter((name) => name.endsWith('.tgz'));
  if (!tarball) console.error(`headwater: ${config.recipe.packer} packed nothing`);
  return tarball ? path.join(destination, tarball) : null;
}

function pnpmPack(folder, pnpm, destination, env, options) {
  if (!pnpm) throw new Error('there is no pnpm among its tools');
  const args = [pnpm, ...options, '--config.ignore-scripts=true', '--config.offline=true', 'pack', '--pack-destination', destination];
  execFileSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', timeout: 300_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

module.exports = { pack };
