// SPDX-License-Identifier: MIT OR Apache-2.0
// Packs what was built, by the package manager that publishes it, without any script.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { npmPack } = require('./packlist.js');
const { prepareAsLerna } = require('./rebuild-lerna.js');

// Each takes the builder's configuration, what `pack` was given, the folder for the tarball, and the environment.
const PACKERS = { lerna: lernaPack, npm: usualPack, pnpm: pnpmPack, yarn: yarnPack };

/**
 * @param {object} config  from rebuild.nix
 * @param {object} given
 *   root    the repository
 *   folder  the package
 *   npm     its program
 *   earlyNpm, pnpm, yarn  theirs, if they are among the tools
 *   work    a folder of the builder
 *   say     told why it cannot be packed
 * @returns {string|null}  the tarball, or null
 */
function pack(config, given) {
  const { folder, work, say } = given;
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
    PACKERS[config.recipe.packer](config, given, destination, env);
  } catch (error) {
    say(`\nheadwater: ${config.recipe.packer} could not pack it:\n${error.stdout ?? ''}${error.stderr || error.message}\n`);
    return null;
  }
  const [tarball] = fs.readdirSync(destination).filter((name) => name.endsWith('.tgz'));
  if (!tarball) say(`\nheadwater: ${config.recipe.packer} packed nothing\n`);
  return tarball ? path.join(destination, tarball) : null;
}

function usualPack(config, { folder, npm, earlyNpm }, destination, env) {
  // npm 6 packs into the folder where it is started.
  if (earlyNpm) npmPack(destination, earlyNpm, [folder], env);
  else npmPack(folder, npm, [`--pack-destination=${destination}`], env);
}

function lernaPack(config, given, destination, env) {
  const { readWorkspaces } = require(`${config.runtime}/workspaces.js`);
  const { commit } = config;
  const directory = path.join(given.root, config.recipe.directory);
  prepareAsLerna(given.root, directory, given.folder, { commit, workspaces: readWorkspaces(given.root) });
  usualPack(config, given, destination, env);
}

function pnpmPack(config, { folder, pnpm }, destination, env) {
  if (!pnpm) throw new Error('there is no pnpm among its tools');
  const { PNPM } = require(`${config.runtime}/managers.js`);
  run([pnpm, ...PNPM, '--config.ignore-scripts=true', '--config.offline=true', 'pack', '--pack-destination', destination], folder, env);
}

function yarnPack(config, { root, folder, yarn }, destination, env) {
  if (!yarn) throw new Error('there is no yarn among its tools');
  const yarnrc = `${root}/.yarnrc.yml`;
  const settings = fs.existsSync(yarnrc) ? fs.readFileSync(yarnrc, 'utf8') : '';
  // Yarn refuses settings with variables that are not there: tokens, say.
  const variables = [...settings.matchAll(/\$\{(\w+)/g)].map(([, name]) => [name, '']);
  run([yarn, 'headwater-pack'], folder, {
    ...Object.fromEntries(variables),
    ...env,
    HEADWATER_TARBALL: `${destination}/package.tgz`,
    // The one that the repository may hold has no hash in headwater.lock.
    YARN_IGNORE_PATH: '1',
    YARN_PLUGINS: path.join(__dirname, 'yarn-plugin.js'),
    YARN_ENABLE_NETWORK: '0',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_GLOBAL_FOLDER: `${env.HOME}/yarn`,
  });
}

/** A program of Node. */
function run(args, cwd, env) {
  execFileSync(process.execPath, args, { cwd, env, encoding: 'utf8', timeout: 300_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

module.exports = { PACKERS, pack };
