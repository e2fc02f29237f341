// SPDX-License-Identifier: MIT OR Apache-2.0
// Links of a tree into the project's own folders, which are not part of the tree.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { failure, symlink } = require('./files.js');

function readLinks(tree) {
  return JSON.parse(fs.readFileSync(`${tree}/links.json`, 'utf8'));
}

/**
 * Links workspaces and linked folders, and their programs, into the tree. A link of a commit that is built `mayDangle`: a
 * step makes the folder, or nobody does, as with `link:./nope`.
 */
function linkProject(links, project, { mayDangle = false } = {}) {
  for (const [location, target] of Object.entries(links.links)) {
    if (!mayDangle && !fs.existsSync(`${project}/${target}`)) throw failure(`${location} is a link to ${target}, which the project does not have`);
    symlink(path.relative(path.dirname(location), target), `${project}/${location}`);
  }
  linkBins(links, project);
}

/** Links the programs that are there. */
function linkBins({ bins }, project) {
  for (const [link, text] of bins) {
    const program = path.resolve(path.dirname(`${project}/${link}`), text);
    if (!fs.existsSync(program)) continue;
    symlink(text, `${project}/${link}`);
    fs.chmodSync(program, 0o755);
  }
}

module.exports = { linkBins, linkProject, readLinks };
