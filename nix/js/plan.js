// SPDX-License-Identifier: MIT OR Apache-2.0
// What goes where in node_modules: pure, from the locations of tree.json.
'use strict';
const path = require('node:path').posix;

/**
 * Refuses what would leave the tree. Locations come from a lockfile.
 */
function checkInside(location, what) {
  const parts = location.split('/');
  if (location === '' || location.startsWith('/') || parts.includes('..') || parts.includes('.') || parts.includes('')) {
    throw new Error(`${what} ${JSON.stringify(location)} is not a folder inside the project`);
  }
  return location;
}

/**
 * The locations that stay, in order. What is inside a removed one goes with it, and so do links to it.
 *
 * @param {Object<string,object>} locations  those of tree.json
 * @param {{removed: Set<string>, production: boolean}} options
 * @returns {[string, object][]}
 */
function keep(locations, { removed, production }) {
  const gone = new Set(removed);
  const isGone = (location) => gone.has(location) || ancestors(location).some((outer) => gone.has(outer));
  const kept = [];
  for (const location of Object.keys(locations).sort()) {
    checkInside(location, 'the location');
    const entry = locations[location];
    if ((production && entry.dev) || isGone(location) || (entry.link && isGone(entry.link))) {
      gone.add(location);
    } else {
      kept.push([location, entry]);
    }
  }
  return kept;
}

/** The packages that a location lies in, innermost first. */
function ancestors(location) {
  const found = [];
  const holder = packageOf(location);
  if (holder !== location) found.push(holder);
  for (let at = location.lastIndexOf('/node_modules/'); at > 0; at = location.lastIndexOf('/node_modules/', at - 1)) {
    const outer = location.slice(0, at);
    found.push(outer);
    if (packageOf(outer) !== outer) found.push(packageOf(outer));
  }
  return found;
}

/** The package that a place is, or lies in; a folder of the project is itself. */
function packageOf(location) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(location)?.[0] ?? location;
}

/** Whether a link leads to what comes with a package, and not to a folder of the project. */
function isInTree(link) {
  return packageOf(link).includes('node_modules/');
}

/** The node_modules folder that a location is in. */
function modulesOf(location) {
  return location.slice(0, location.lastIndexOf('node_modules/') + 'node_modules'.length);
}

/**
 * The packages whose folders pnpm keeps by themselves, by the node_modules that
 * they share with links to what they depend on (`node_modules/.pnpm/x@1/node_modules`).
 */
function storePackages(kept) {
  const isStore = (modules) => /(^|\/)node_modules\/\.pnpm\/[^/]+\/node_modules$/.test(modules);
  const packages = kept.filter(([location, entry]) => entry.link === undefined && isStore(modulesOf(location)));
  return new Map(packages.map(([location]) => [modulesOf(location), location]));
}

/**
 * Which program of which package each link in a `.bin` is. The first one wins.
 *
 * @param {[string, object][]} kept
 * @returns {Map<string, {location: string, target: string, linked: boolean}>}
 */
function claimBins(kept) {
  const claims = new Map();
  const stores = storePackages(kept);
  for (const [location, entry] of kept) {
    // What a package of pnpm's depends on is beside it, and the programs of that are in it. Its own have no link there.
    const user = stores.get(modulesOf(location));
    if (user === location) continue;
    const modules = user ? `${user}/node_modules` : modulesOf(location);
    for (const name of Object.keys(entry.bin ?? {}).sort()) {
      const program = path.basename(name);
      // As npm does: a path that would climb out of its package cannot.
      const target = path.join('/', entry.bin[name]).slice(1);
      if (!program || program === '.' || program === '..' || !target) continue;
      const link = `${modules}/.bin/${program}`;
      // What comes with a package is found there, a folder of the project where the link is.
      const inTree = entry.link !== undefined && isInTree(entry.link);
      const linked = entry.link !== undefined && !inTree;
      if (!claims.has(link)) claims.set(link, { location: inTree ? entry.link : location, target, linked });
    }
  }
  return claims;
}

/** The relative text of a link at `link` to `target`, both in the tree. */
function relativeLink(link, target) {
  return path.relative(path.dirname(link), target);
}

/**
 * The folders to copy: one task per location that has files of its own. A
 * location that is laid out by itself is skipped in the folder around it, so
 * the order of the tasks does not matter.
 *
 * @param {[string, object][]} kept
 * @param {string[]} all          every location, kept or not
 * @param {Map} claims            from claimBins
 * @param {Object<string,object>} locations
 * @param {(location: string, entry: object) => string} sourceOf
 * @returns {{location: string, source: string, skip: string[], bins: string[]}[]}
 */
function copyTasks(kept, locations, claims, sourceOf) {
  const owns = (location) => locations[location] && !locations[location].bundled && locations[location].link === undefined;
  const ownerOf = (location) => (owns(location) ? location : ancestors(location).find(owns));
  const tasks = new Map();
  for (const [location, entry] of kept) {
    if (owns(location)) tasks.set(location, { location, source: sourceOf(location, entry), skip: [], bins: [] });
  }
  for (const location of Object.keys(locations)) {
    if (locations[location].bundled) continue;
    for (const outer of ancestors(location)) {
      tasks.get(outer)?.skip.push(location.slice(outer.length + 1));
    }
  }
  for (const { location, target, linked } of claims.values()) {
    if (linked) continue;
    const owner = ownerOf(location);
    tasks.get(owner)?.bins.push(`${location}/${target}`.slice(owner.length + 1));
  }
  return [...tasks.values()];
}

module.exports = { ancestors, checkInside, claimBins, copyTasks, isInTree, keep, modulesOf, relativeLink, storePackages };
