// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies of a tree's packages in a working copy.
//
// They are made beside their place and moved there once all are whole, so that a
// copy that is cut short leaves what was there. A list says which folders are
// ours to remove: all others are somebody's work.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { copyFolders } = require('./files.js');

const LIST = '.headwater-copies';
const STAGE = '.headwater-new-';

/** The names of what was copied into a node_modules, as `a` or `@s/a`. */
function copiesIn(modules) {
  const list = `${modules}/${LIST}`;
  return fs.existsSync(list) ? fs.readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
}

/** Those that were changed since, given what tells it of a folder and a time in milliseconds. */
function changedCopies(modules, isUntouched) {
  if (!fs.existsSync(`${modules}/${LIST}`)) return [];
  const since = fs.statSync(`${modules}/${LIST}`).ctimeMs;
  return copiesIn(modules).filter((name) => isFolder(`${modules}/${name}`) && !isUntouched(`${modules}/${name}`, since));
}

function isFolder(at) {
  return fs.lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Removes what was copied; a link in its place is not what was. */
function removeCopies(modules) {
  for (const name of copiesIn(modules)) {
    const at = `${modules}/${name}`;
    if (isFolder(at)) fs.rmSync(at, { recursive: true, force: true });
    const scope = path.dirname(at);
    if (name.startsWith('@') && isFolder(scope) && fs.readdirSync(scope).length === 0) fs.rmdirSync(scope);
  }
  fs.rmSync(`${modules}/${LIST}`, { force: true });
}

/**
 * Copies packages and links of programs to a folder beside their place.
 *
 * @param {string} tree
 * @param {string} project
 * @param {[string, string[]][]} lists  a node_modules, and what in it: paths in the tree
 * @returns {Promise<Map<string, string>>}  the folder for each node_modules
 */
async function stageCopies(tree, project, lists) {
  const staged = new Map();
  const jobs = [];
  for (const [folder, list] of lists) {
    const modules = `${project}/${folder}`;
    fs.mkdirSync(modules, { recursive: true });
    removeStale(modules);
    const stage = `${modules}/${STAGE}${process.pid}`;
    staged.set(folder, stage);
    fs.mkdirSync(stage);
    for (const at of list) {
      const to = `${stage}/${at.slice(folder.length + 1)}`;
      fs.mkdirSync(path.dirname(to), { recursive: true });
      // Programs are links to what is copied, too.
      if (isFolder(`${tree}/${at}`)) jobs.push([`${tree}/${at}`, to, { writable: true }]);
      else fs.symlinkSync(fs.readlinkSync(`${tree}/${at}`), to);
    }
  }
  await copyFolders(jobs);
  return staged;
}

/** Removes what a copy left that was cut short; one that is at work stays. */
function removeStale(modules) {
  for (const name of fs.readdirSync(modules).filter((name) => name.startsWith(STAGE))) {
    if (!isRunning(Number(name.slice(STAGE.length)))) fs.rmSync(`${modules}/${name}`, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves what was staged to its place, where nothing else is, and lists the packages. */
function placeCopies(stage, modules, names) {
  const copies = new Set(copiesIn(modules));
  const placed = names.filter((name) => !fs.lstatSync(`${modules}/${name}`, { throwIfNoEntry: false }));
  for (const name of placed) {
    if (!name.startsWith('.bin/')) copies.add(name);
  }
  const list = `${modules}/${LIST}`;
  const write = () => fs.writeFileSync(list, [...copies].sort().map((name) => `${name}\n`).join(''));
  write();
  for (const name of placed) {
    fs.mkdirSync(path.dirname(`${modules}/${name}`), { recursive: true });
    fs.renameSync(`${stage}/${name}`, `${modules}/${name}`);
  }
  fs.rmSync(stage, { recursive: true, force: true });
  // Its time is that of the copies: what is newer was changed.
  write();
}

module.exports = { changedCopies, copiesIn, placeCopies, removeCopies, stageCopies };
