// SPDX-License-Identifier: MIT OR Apache-2.0
// Lays out node_modules from the packs, as npm would have.
//
// Reads $configPath (from tree.nix) and the tree.json it names. Writes
// $out/node_modules and the like below workspaces, and $out/links.json: what is
// to be linked to the project's own folders, which are not part of this.
'use strict';
const fs = require('node:fs');
const { ancestors, checkInside, claimBins, copyTasks, isInTree, keep, relativeLink } = require('./plan.js');
const { copyFolders, failure, main, symlink } = require('./files.js');

/**
 * @param {string} out
 * @param {Object<string,object>} locations
 * @param {object} options
 *   removed     locations that are left out
 *   production  leave out what is only for development
 *   sourceOf    (location, entry) -> the folder it is copied from
 *   interpreters, writable  as in files.js
 */
async function layOut(out, locations, options) {
  const kept = keep(locations, { removed: new Set(options.removed), production: options.production });
  const claims = claimBins(kept);
  const tasks = copyTasks(kept, locations, claims, options.sourceOf);
  const { interpreters, writable } = options;
  await copyFolders(
    tasks.map(({ location, source, skip, bins }) => [
      source,
      `${out}/${location}`,
      { skip, bins, interpreters, writable },
    ]),
  );

  const links = { links: {}, bins: [] };
  for (const [location, entry] of kept) {
    if (entry.link === undefined) continue;
    // A project may depend on itself: "" is its folder.
    const target = entry.link && checkInside(entry.link, `the folder that ${location} links to`);
    if (!isInTree(target)) links.links[location] = target;
    else if (fs.existsSync(`${out}/${target}`)) symlink(relativeLink(location, target), `${out}/${location}`);
    else throw failure(`${location} is a link to ${target}, which no package brings`);
  }
  for (const [link, { location, target, linked }] of claims) {
    const text = relativeLink(link, `${location}/${target}`);
    if (linked) links.bins.push([link, text]);
    // npm, too, links only programs that are there.
    else if (fs.existsSync(`${out}/${location}/${target}`)) symlink(text, `${out}/${link}`);
  }
  return links;
}

/**
 * Where the files of a location are: in the packs, or in a copy for this platform.
 *
 * @param {{packs: object, linked: object}} config
 * @param {string} again  the command that mends what does not fit together
 */
function sourceIn({ packs, linked }, location, entry, again) {
  const name = `${entry.pack}/${entry.folder}`;
  if (linked[name]) return linked[name];
  const pack = packs[entry.pack];
  if (!pack) throw failure(`${location} is in the pack ${entry.pack}, which sources.nix does not have; run ${again} again`);
  const folder = `${pack}/${entry.folder}`;
  if (!fs.existsSync(folder)) throw failure(`${location}: the pack ${entry.pack} has no ${entry.folder}; run ${again} again`);
  return folder;
}

/** The locations that go because an optional package could not be built. */
function failedSets(built) {
  return Object.entries(built).flatMap(([location, { failed, without }]) => {
    // Of a package that must be there nothing says so: its build fails.
    if (!failed || !fs.existsSync(failed)) return [];
    console.error(`headwater: ${location} is left out: ${fs.readFileSync(failed, 'utf8').split('\n')[0]}`);
    return [location, ...without];
  });
}

if (require.main === module) {
  main(async () => {
    const config = JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'));
    const { locations } = JSON.parse(fs.readFileSync(config.tree, 'utf8'));
    fs.mkdirSync(process.env.out);
    const links = await layOut(process.env.out, locations, {
      removed: [...config.removed, ...failedSets(config.built)],
      production: config.production,
      interpreters: config.interpreters,
      sourceOf: (location, entry) => config.built[location]?.path ?? sourceIn(config, location, entry, 'headwater convert'),
    });
    fs.mkdirSync(`${process.env.out}/node_modules`, { recursive: true });
    fs.writeFileSync(`${process.env.out}/links.json`, JSON.stringify(links, null, 1) + '\n');
  });
}

module.exports = { failedSets, layOut, sourceIn, ancestors };
