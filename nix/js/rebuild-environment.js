// SPDX-License-Identifier: MIT OR Apache-2.0
// The environment of the commands that build a package: nothing of the builder's own, so that it is the same anywhere.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { npmVariables } = require('./lifecycle.js');

// What looks for a network, asks, or tells its makers.
const QUIET = {
  CI: '1',
  TERM: 'dumb',
  DO_NOT_TRACK: '1',
  HUSKY: '0',
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  TURBO_TELEMETRY_DISABLED: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  BROWSERSLIST_IGNORE_OLD_DATA: '1',
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** The folder and those around it, up to the repository's, innermost first. */
function around(root, folder) {
  const parts = folder.split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, gone) => path.join(root, ...parts.slice(0, parts.length - gone)));
}

/** What npm says of the package that a folder is in. */
function packageVariables(folders) {
  const file = folders.map((at) => `${at}/package.json`).find((at) => fs.existsSync(at));
  if (!file) return {};
  const { name, version } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return { npm_package_json: file, ...(name && { npm_package_name: name }), ...(version && { npm_package_version: version }) };
}

/**
 * @param {object} config  from rebuild.nix
 * @param {{root: string, own: string, folder: string}} places
 *   root    the repository
 *   own     the builder's folder: shims, and what they know
 *   folder  where the command runs, below the root
 */
function environment(config, { root, own, folder }) {
  const folders = around(root, folder);
  const home = `${own}/home`;
  fs.mkdirSync(home, { recursive: true });
  return {
    ...QUIET,
    ...npmVariables(config, folders[0]),
    npm_command: 'run-script',
    npm_config_cache: `${own}/npm-cache`,
    ...packageVariables(folders),
    HOME: home,
    TMPDIR: process.env.TMPDIR,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    SHELL: config.interpreters.bash,
    SOURCE_DATE_EPOCH: String(config.time),
    HEADWATER_CLOCK: String(config.time),
    HEADWATER_REBUILD: `${own}/facts.json`,
    ...config.recipe.env,
    NODE_OPTIONS: [`--require=${config.runtime}/clock.js`, config.recipe.env?.NODE_OPTIONS].filter(Boolean).join(' '),
    PATH: [...folders.map((at) => `${at}/node_modules/.bin`), `${own}/bin`, process.env.PATH].join(':'),
  };
}

module.exports = { around, environment };
