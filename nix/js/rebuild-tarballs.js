// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds a package again where each tool is a file of the registry by itself, as Guix fetches them, and not in a pack.
//
//   rebuild-tarballs.js        builds it into $out
//   rebuild-tarballs.js check  fails where $out is another outcome than the recorded one
//
// Environment: recipe (a file, as Headwater writes it: what rebuild.js is told, `locations`, `tools` and `expected`),
// tools (a file with a line for each tool that this system has: its folder, a tab, its tarball), source (the checkout),
// runtime (nix/rebuild), out, TMPDIR, PATH (with patchelf).
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { failure, main } = require('./files.js');
const { rebuild } = require('./rebuild.js');
const { checkOutcome } = require('./rebuilt.js');
const { unpack } = require('./unpack.js');

// What all tools are a part of, for the layout.
const PACK = 'tools';

/** Where a program is that the builder itself has. */
function programAt(name) {
  const found = process.env.PATH.split(':').find((folder) => fs.existsSync(`${folder}/${name}`));
  if (!found) throw failure(`there is no ${name} in PATH`);
  return `${found}/${name}`;
}

/** The tarballs of tools, by their folders. */
function readTools(text) {
  return new Map(text.split('\n').filter(Boolean).map((line) => line.split('\t')));
}

/** Files have the modes that the recipe says, whatever the archive has. */
function setModes(folder, executable) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) fs.chmodSync(path.join(entry.parentPath ?? entry.path, entry.name), 0o644);
  }
  for (const file of executable) fs.chmodSync(`${folder}/${file}`, 0o755);
}

/** Unpacks a tool as a pack has it. */
function unpackTool(tarball, folder, title, { executable = [], dropped = [] } = {}) {
  unpack(tarball, folder, title);
  for (const file of dropped) fs.rmSync(`${folder}/${file}`, { recursive: true, force: true });
  setModes(folder, executable);
}

/** What an ELF file of node's own answers, as of patchelf. */
function askNode(question) {
  return execFileSync('patchelf', [question, process.execPath], { encoding: 'utf8' }).trim();
}

/** A copy of a tool whose compiled files find their loader and libraries where node finds its own. */
function link(source, out, title) {
  const env = {
    ...process.env,
    source,
    out,
    title,
    loader: askNode('--print-interpreter'),
    libraries: askNode('--print-rpath').split(':').join(' '),
  };
  execFileSync(process.execPath, [`${__dirname}/linked.js`], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return out;
}

/** The locations of tools that this system does not have. */
function removedOf(locations, tarballs) {
  return Object.keys(locations).filter((at) => locations[at].folder !== undefined && !tarballs.has(locations[at].folder));
}

async function build(recipe) {
  const { TMPDIR: work, source, runtime } = process.env;
  const tarballs = readTools(fs.readFileSync(process.env.tools, 'utf8'));
  const pack = `${work}/${PACK}-unpacked`;
  const linked = {};
  for (const [folder, tarball] of tarballs) {
    const tool = recipe.tools[folder];
    unpackTool(tarball, `${pack}/${folder}`, folder, tool);
    if (tool?.linked) linked[`${PACK}/${folder}`] = link(`${pack}/${folder}`, `${work}/${PACK}-linked/${folder}`, folder);
  }
  const [node, bash, sh, env] = ['node', 'bash', 'sh', 'env'].map(programAt);
  const nodejs = path.dirname(path.dirname(node));
  await rebuild({
    ...recipe,
    packs: { [PACK]: pack },
    linked,
    removed: removedOf(recipe.locations, tarballs),
    interpreters: { node, nodejs: node, bash, sh, env },
    nodeHeaders: nodejs,
    nodejs,
    source,
    runtime,
    date: programAt('date'),
    tree: process.env.recipe,
  });
}

if (require.main === module) {
  main(() => {
    const recipe = JSON.parse(fs.readFileSync(process.env.recipe, 'utf8'));
    if (process.argv[2] !== 'check') return build(recipe);
    return checkOutcome(`${recipe.name}@${recipe.version}`, process.env.out, recipe.expected);
  });
}

module.exports = { readTools, removedOf, unpackTool };
