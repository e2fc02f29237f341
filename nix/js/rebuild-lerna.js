// SPDX-License-Identifier: MIT OR Apache-2.0
// What lerna and lerna-lite change in a package's folder before they pack it. The packing itself is npm's work.
'use strict';
const fs = require('node:fs');

// As write-pkg has them, by which lerna writes package.json.
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
// Fields of `publishConfig` that lerna-lite moves to where others look for them.
const PUBLISHED = new Set('bin browser cpu esnext es2015 exports imports libc main module os type types typings typesVersions umd:main unpkg'.split(' '));
const LICENSE = /^licen[cs]e(\..*)?$/i;

/** What is published for the range of a workspace of this version. */
function published(range, version) {
  if (/^(file|link):/.test(range)) return `^${version}`;
  const [, said] = /^workspace:(.*)$/.exec(range) ?? [];
  if (said === undefined) return range;
  return /^[*^~]$/.test(said) ? `${said.replace('*', '')}${version}` : said;
}

/** Dependencies in the order of their names, and no list of them that is empty. */
function normalized(manifest) {
  const sorted = (list) => Object.fromEntries(Object.keys(list).sort().map((name) => [name, list[name]]));
  const fields = Object.entries(manifest).map(([name, value]) => [name, DEPENDENCIES.includes(name) ? sorted(value) : value]);
  return Object.fromEntries(fields.filter(([name, value]) => !DEPENDENCIES.includes(name) || Object.keys(value).length > 0));
}

function movePublished(manifest) {
  const { publishConfig } = manifest;
  for (const name of Object.keys(publishConfig ?? {}).filter((one) => PUBLISHED.has(one))) {
    manifest[name] = publishConfig[name];
    delete publishConfig[name];
  }
  if (publishConfig && Object.keys(publishConfig).length === 0) delete manifest.publishConfig;
}

/**
 * The text of package.json as lerna publishes it.
 *
 * @param {string} text
 * @param {object} facts
 *   commit    that is checked out
 *   versions  of the workspaces, by name
 *   isLite    whether lerna-lite publishes
 */
function manifestOf(text, { commit, versions, isLite }) {
  const manifest = JSON.parse(text);
  for (const list of DEPENDENCIES.map((kind) => manifest[kind] ?? {})) {
    for (const name of Object.keys(list)) {
      if (versions.has(name)) list[name] = published(list[name], versions.get(name));
    }
  }
  if (isLite) movePublished(manifest);
  manifest.gitHead = commit;
  const [, indent = ''] = /^([ \t]+)\S/m.exec(text) ?? [];
  return `${JSON.stringify(normalized(manifest), null, indent)}\n`;
}

/** The name of a folder's licence. A link may lead nowhere. */
function licenseOf(folder) {
  const isFile = (name) => fs.statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.isFile();
  return fs.readdirSync(folder).sort().find((name) => LICENSE.test(name) && isFile(name));
}

/**
 * @param {string} root
 * @param {string} directory  the package's own folder
 * @param {string} folder     the one that is packed
 * @param {{commit: string, workspaces: object[]}} facts
 */
function prepareAsLerna(root, directory, folder, { commit, workspaces }) {
  const versions = new Map(workspaces.filter(({ version }) => version).map(({ name, version }) => [name, version]));
  const { dependencies, devDependencies } = JSON.parse(fs.readFileSync(`${root}/package.json`, 'utf8'));
  const isLite = Object.keys({ ...dependencies, ...devDependencies }).some((name) => name.startsWith('@lerna-lite/'));
  const file = `${directory}/package.json`;
  fs.writeFileSync(file, manifestOf(fs.readFileSync(file, 'utf8'), { commit, versions, isLite }));
  const license = licenseOf(root);
  if (license && !licenseOf(directory)) fs.copyFileSync(`${root}/${license}`, `${folder}/${license}`);
}

module.exports = { manifestOf, prepareAsLerna };
