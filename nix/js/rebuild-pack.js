// SPDX-License-Identifier: MIT OR Apache-2.0
// Packs what was built, by the package manager that publishes it, without any script.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { npmPack } = require('./packlist.js');

/**
 * @param {object} config  from rebuild.nix
 * @param {object} options
 *   folder  the package
 *   npm     its program
 *   earlyNpm, pnpm  theirs, if they are among the tools
 *   work    a folder of the builder
 *   say     told why it cannot be packed
 * @returns {string|null}  the tarball, or null
 */
function pack(config, { folder, npm, earlyNpm, pnpm, work, say }) {
  const destination = `${work}/packed`;
  const home = `${work}/packing`;
  for (const at of [destination, home]) {
    // The steps could have written there.
    fs.rmSync(at, { recursive: true, force: true });
    fs.mkdirSync(at, { recursive: true });
  }
  // None of the steps' variables, and no home that they wrote to.
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR, TZ: 'UTC', LANG: 'C.UTF-8', CI: '1' };
  try {
    if (!fs.existsSync(folder)) throw new Error(`there is no folder ${config.recipe.contents ?? config.recipe.directory}`);
    // npm 6 packs into the folder where it is started.
    if (config.recipe.packer === 'npm' && earlyNpm) npmPack(destination, earlyNpm, [folder], env);
    else if (config.recipe.packer === 'npm') npmPack(folder, npm, [`--pack-destination=${destination}`], env);
    else pnpmPack(folder, pnpm, destination, env, require(`${config.runtime}/managers.js`).PNPM);
  } catch (error) {
    say(`\nheadwater: ${config.recipe.packer} could not pack it:\n${error.stdout ?? ''}${error.stderr || error.message}\n`);
    return null;
  }
  const [tarball] = fs.readdirSync(destination).filter((name) => name.endsWith('.tgz'));
  if (!tarball) say(`\nheadwater: ${config.recipe.packer} packed nothing\n`);
  return tarball ? path.join(destination, tarball) : null;
}

function pnpmPack(folder, pnpm, destination, env, options) {
  if (!pnpm) throw new Error('there is no pnpm among its tools');
  const args = [pnpm, ...options, '--config.ignore-scripts=true', '--config.offline=true', 'pack', '--pack-destination', destination];
  execFileSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', timeout: 300_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

module.exports = { pack };
