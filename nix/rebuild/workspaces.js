// SPDX-License-Identifier: MIT OR Apache-2.0
// The workspaces of a repository, and which of them a command is for.
'use strict';
const fs = require('node:fs');
const path = require('node:path').posix;

/** The patterns of pnpm-workspace.yaml, of which only this list is read. */
function patternsOfYaml(text) {
  const found = [];
  let isIn = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\S/.test(line) && !/^\s*(#|-)/.test(line)) isIn = /^packages\s*:/.test(line);
    const [, , quoted, plain] = (isIn && /^\s*-\s+(?:(['"])(.*?)\1|([^'"#\s]+))/.exec(line)) || [];
    if (quoted ?? plain) found.push(quoted ?? plain);
  }
  return found;
}

/** Whether a folder is one of those that a pattern of workspaces means. */
function isMeant(pattern, folder) {
  const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const text = parts.map((part) => (part === '**' ? '(?:[^/]+/)*' : `${part.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replace(/\*/g, '[^/]*')}/`)).join('');
  return new RegExp(`^${text}$`).test(`${folder}/`);
}

/** The patterns of lerna.json, which may have comments. */
function patternsOfLerna(text) {
  const [, list = ''] = /"packages"\s*:\s*\[([^\]]*)\]/.exec(text) ?? [];
  return [...list.matchAll(/"([^"\n]+)"/g)].map(([, pattern]) => pattern);
}

/** The workspaces below a root: { folder (relative), name, version, scripts, needs (names) }. */
function readWorkspaces(root) {
  const read = (folder) => JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  const text = (name) => (fs.existsSync(`${root}/${name}`) ? fs.readFileSync(`${root}/${name}`, 'utf8') : '');
  const yaml = text('pnpm-workspace.yaml');
  const listed = fs.existsSync(`${root}/package.json`) ? read('').workspaces : [];
  const named = listed?.packages ?? listed ?? patternsOfLerna(text('lerna.json'));
  const patterns = yaml ? patternsOfYaml(yaml) : named;
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));

  const folders = [];
  const visit = (below) => {
    for (const entry of fs.readdirSync(path.join(root, below), { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name === '.git') continue;
      const folder = path.join(below, entry.name);
      const isOne = wanted.some((pattern) => isMeant(pattern, folder)) && !unwanted.some((pattern) => isMeant(pattern, folder));
      if (isOne && fs.existsSync(path.join(root, folder, 'package.json'))) folders.push(folder);
      visit(folder);
    }
  };
  if (wanted.length > 0) visit('');
  return folders.sort().map((folder) => {
    const manifest = read(folder);
    const needs = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
    return { folder, name: manifest.name ?? folder, version: manifest.version, scripts: manifest.scripts ?? {}, needs: needs.flatMap((kind) => Object.keys(manifest[kind] ?? {})) };
  });
}

/** Workspaces, each behind those it needs. */
function inOrder(workspaces) {
  const byName = new Map(workspaces.map((one) => [one.name, one]));
  const ordered = new Set();
  const visit = (one, around) => {
    if (!one || ordered.has(one) || around.has(one)) return;
    for (const name of one.needs) visit(byName.get(name), new Set([...around, one]));
    ordered.add(one);
  };
  for (const one of workspaces) visit(one, new Set());
  return [...ordered];
}

/** What these need of each other, themselves included. */
function withNeeds(some, workspaces) {
  const found = new Set(some);
  for (const one of found) for (const other of workspaces) if (one.needs.includes(other.name)) found.add(other);
  return found;
}

/**
 * The workspaces that pnpm's filters mean, in order; null where one is not understood.
 *
 * @param {string[]} filters  `NAME`, `@scope/*`, `./folder`, `{folder}`, with `...` or `^...` behind it, `!` before it
 */
function filtered(workspaces, filters) {
  const choose = (filter) => {
    const [, text, rest] = /^(.*?)(\^?\.\.\.)?$/s.exec(filter);
    if (text.startsWith('...') || text.includes('[')) return null;
    const folder = /^\{(.*)\}$/.exec(text)?.[1] ?? (text.startsWith('.') ? text : null);
    const meant = folder === null ? null : path.normalize(folder).replace(/\/$/, '');
    const own = workspaces.filter((one) =>
      meant === null ? isMeant(text, one.name) : isMeant(meant, one.folder) || one.folder.startsWith(`${meant}/`),
    );
    if (!rest) return new Set(own);
    const all = withNeeds(own, workspaces);
    if (rest === '^...') for (const one of own) all.delete(one);
    return all;
  };
  const chosen = new Set(filters.every((filter) => filter.startsWith('!')) ? workspaces : []);
  for (const filter of filters) {
    const isOut = filter.startsWith('!');
    const these = choose(isOut ? filter.slice(1) : filter);
    if (!these) return null;
    for (const one of these) isOut ? chosen.delete(one) : chosen.add(one);
  }
  return inOrder(workspaces).filter((one) => chosen.has(one));
}

module.exports = { filtered, inOrder, isMeant, patternsOfYaml, readWorkspaces };
