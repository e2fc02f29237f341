// SPDX-License-Identifier: MIT OR Apache-2.0
// What a build writes below node_modules is a part of the result: generated
// clients (Prisma), patched packages (patch-package), folders of its own. The
// result's packages come pruned from the store, so what differs is carried over.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { copyFolder, linkText, some } = require('./files.js');
const { modulesOf } = require('./plan.js');

/** What no program reads when it runs: caches of tools, and notes of installers. */
const LEFT = new Set(['.cache', '.tmp', '.vite', '.vite-temp', '.vitest', '.headwater', '.package-lock.json', '.yarn-integrity']);

/** Made once the tree is laid out: only what was touched since is looked at closely. */
const stampFile = () => `${process.env.NIX_BUILD_TOP ?? process.env.TMPDIR}/.headwater-laid-out`;

/** Comes back when the clock of the files has moved on: what follows is never of the same time. */
function stamp() {
  const made = () => {
    fs.writeFileSync(stampFile(), '');
    return fs.statSync(stampFile(), { bigint: true }).ctimeNs;
  };
  const first = made();
  while (made() === first);
}

/**
 * Brings what differs from the tree to the result.
 *
 * A touched file has a later ctime, which no program can set back; whether it
 * changed is decided by its bytes.
 *
 * @param {object} folders
 *   project     where the build ran
 *   tree        what its node_modules were copied from
 *   production  that without development packages, as the result has it
 *   dest        the result
 *   parts       the folders of the project with node_modules: '' and its workspaces
 * @returns {{kind: 'added'|'changed'|'removed', at: string}[]}  paths below the result
 */
function carry({ project, tree, production, dest, parts }) {
  const since = fs.statSync(stampFile(), { bigint: true }).ctimeNs;
  const lstat = (at) => fs.lstatSync(at, { bigint: true, throwIfNoEntry: false });
  const found = [];

  /** A node_modules: each package on its own, and those of scopes. */
  function modules(at) {
    for (const name of fs.readdirSync(`${project}/${at}`)) {
      if (LEFT.has(name)) continue;
      const below = `${at}/${name}`;
      const isScope = name.startsWith('@') && lstat(`${project}/${below}`).isDirectory();
      for (const entry of isScope ? fs.readdirSync(`${project}/${below}`).map((sub) => `${below}/${sub}`) : [below]) {
        const stays = lstat(`${production}/${entry}`) || !lstat(`${tree}/${entry}`);
        if (stays) compare(entry);
      }
    }
  }

  function compare(at) {
    const now = lstat(`${project}/${at}`);
    const touched = now.ctimeNs >= since;
    if (!now.isDirectory() && !touched) return;
    const before = lstat(`${tree}/${at}`);
    // Folders that lead to links of the project are not in the tree, and not new.
    const isOurs = now.isDirectory() && (before ? before.isDirectory() : !touched || path.basename(at) === '.bin');
    if (isOurs) {
      if (before && touched) removed(at);
      for (const entry of fs.readdirSync(`${project}/${at}`, { withFileTypes: true })) {
        if (entry.name === 'node_modules' && entry.isDirectory()) modules(`${at}/${entry.name}`);
        else compare(`${at}/${entry.name}`);
      }
    } else if (!before) {
      put('added', at, now);
    } else if (!isSame(`${project}/${at}`, now, `${tree}/${at}`, before)) {
      put('changed', at, now);
    }
  }

  /** What a package had. A package that is gone altogether is npm's to put back. */
  function removed(folder) {
    for (const name of fs.readdirSync(`${tree}/${folder}`)) {
      const at = `${folder}/${name}`;
      if (name === 'node_modules' || lstat(`${project}/${at}`) || !lstat(`${dest}/${at}`)) continue;
      fs.rmSync(`${dest}/${at}`, { recursive: true });
      found.push({ kind: 'removed', at });
    }
  }

  function put(kind, at, now) {
    const [from, to] = [`${project}/${at}`, `${dest}/${at}`];
    fs.rmSync(to, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(to), { recursive: true });
    if (now.isDirectory()) {
      copyFolder(from, to, { writable: true, root: project });
    } else if (now.isSymbolicLink()) {
      fs.symlinkSync(linkText(from, project), to);
    } else if (now.isFile()) {
      fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
      fs.chmodSync(to, isExecutable(now) ? 0o755 : 0o644);
    } else {
      return;
    }
    found.push({ kind, at });
  }

  for (const part of parts) {
    const at = part ? `${part}/node_modules` : 'node_modules';
    if (lstat(`${project}/${at}`)?.isDirectory()) modules(at);
  }
  return found;
}

function isExecutable(stat) {
  return (Number(stat.mode) & 0o111) !== 0;
}

function isSame(one, oneStat, other, otherStat) {
  if (oneStat.isSymbolicLink() && otherStat.isSymbolicLink()) return fs.readlinkSync(one) === fs.readlinkSync(other);
  if (!oneStat.isFile() || !otherStat.isFile()) return false;
  if (oneStat.size !== otherStat.size || isExecutable(oneStat) !== isExecutable(otherStat)) return false;
  return fs.readFileSync(one).equals(fs.readFileSync(other));
}

/**
 * What was carried, by package: a reader of the pins must know which of their
 * packages are not as they were pinned.
 *
 * @param {{kind: string, at: string}[]} found
 * @param {(location: string) => {name: string, version: string}|null} packageAt  of the tree
 */
function report(found, packageAt) {
  const packages = {};
  const folders = [];
  for (const { kind, at } of found) {
    const location = packageOf(at);
    const known = packageAt(location);
    if (!known) {
      folders.push(at);
      continue;
    }
    packages[location] ??= { ...known, changed: [], added: [], removed: [] };
    packages[location][kind].push(at.slice(location.length + 1) || '.');
  }
  return { packages, folders };
}

/** The location of the package that a path is in. */
function packageOf(at) {
  const modules = modulesOf(`${at}/`);
  const names = at.slice(modules.length + 1).split('/');
  return `${modules}/${names.slice(0, names[0].startsWith('@') ? 2 : 1).join('/')}`;
}

const SHOWN = 5;

/** The report as lines for the log of the build. */
function lines({ packages, folders }) {
  const said = Object.values(packages).map(({ name, version, ...files }) => {
    const parts = Object.entries(files).filter(([, list]) => list.length > 0);
    return `${name}@${version}: ${parts.map(([kind, list]) => `${kind} ${some(list, SHOWN)}`).join('; ')}`;
  });
  return [
    ...(folders.length > 0 ? [`the build wrote into node_modules, and the result has it: ${some(folders, SHOWN)}`] : []),
    ...(said.length > 0 ? ['the build changed packages, which are not as they are pinned:', ...said.map((line) => `  ${line}`)] : []),
  ];
}

module.exports = { carry, lines, packageOf, report, stamp };
