// SPDX-License-Identifier: MIT OR Apache-2.0
// Links the packages of a tree in the store into a working copy, or copies them.
// usage: shell.js TREE PROJECT [link|copy [WHY]]
//
// The folders are real, only the packages in them are links: tools may write
// node_modules/.cache, and workspaces are found where they are worked on. A copy
// is for tools that follow links and then keep to the project's folder.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { changedCopies, copiesIn, placeCopies, removeCopies, stageCopies } = require('./copied.js');
const { main, some } = require('./files.js');

// In each node_modules of ours; it says which tree it has, and how. That of the
// root goes on with the folders that have it, a line each.
const MARKER = '.headwater';

/** The node_modules folders of a tree that are not inside a package. */
function modulesFolders(tree) {
  const found = [];
  const visit = (below) => {
    for (const entry of fs.readdirSync(path.join(tree, below), { withFileTypes: true })) {
      const at = path.join(below, entry.name);
      if (entry.name === 'node_modules') found.push(at);
      else if (entry.isDirectory()) visit(at);
    }
  };
  visit('');
  return found;
}

/** Whether a folder may be written: it is not there yet, or made by us. */
function isOurs(modules) {
  return !fs.existsSync(modules) || fs.existsSync(`${modules}/${MARKER}`) || fs.readdirSync(modules).length === 0;
}

/** Removes our links; real files and folders (.cache) are the user's. */
function removeLinks(modules) {
  if (!fs.existsSync(modules)) return;
  for (const entry of fs.readdirSync(modules, { withFileTypes: true })) {
    const at = `${modules}/${entry.name}`;
    if (entry.isSymbolicLink()) fs.unlinkSync(at);
    else if (entry.isDirectory() && (entry.name === '.bin' || entry.name.startsWith('@'))) {
      removeLinks(at);
      if (fs.readdirSync(at).length === 0) fs.rmdirSync(at);
    }
  }
}

function link(text, at) {
  fs.mkdirSync(path.dirname(at), { recursive: true });
  if (!fs.lstatSync(at, { throwIfNoEntry: false })) fs.symlinkSync(text, at);
}

/** The packages and programs in a node_modules of the tree. */
function linked(tree, folder) {
  return fs.readdirSync(`${tree}/${folder}`).flatMap((name) => {
    const at = `${folder}/${name}`;
    // The packages of a scope one by one: a workspace may be among them.
    return name === '.bin' || name.startsWith('@') ? fs.readdirSync(`${tree}/${at}`).map((sub) => `${at}/${sub}`) : [at];
  });
}

/** Empties a folder of what was ours. */
function clear(modules) {
  removeLinks(modules);
  removeCopies(modules);
  fs.mkdirSync(modules, { recursive: true });
  // Ours from now on, and of no tree as long as it is not whole.
  fs.writeFileSync(`${modules}/${MARKER}`, '');
}

function linkModules(tree, project, folder) {
  clear(`${project}/${folder}`);
  for (const at of linked(tree, folder)) link(`${tree}/${at}`, `${project}/${at}`);
}

/** The locations that are no copies of ours. */
function notCopied(project, folders, locations) {
  const copies = new Set(folders.flatMap((folder) => copiesIn(`${project}/${folder}`).map((name) => `${folder}/${name}`)));
  return locations.filter((at) => !copies.has(at));
}

/** Tells what a copy that is made anew replaces. */
function tellChanged(project, folders) {
  const changed = folders.flatMap((folder) => changedCopies(`${project}/${folder}`, isUntouched).map((name) => `${folder}/${name}`));
  if (changed.length > 0) console.error(`headwater: ${some(changed)}, changed since the copy was made, made way for what is pinned`);
}

/** Copies what is not there yet, or all where the tree is another. */
async function copyModules(tree, project, folders, { isSame, why }) {
  const lists = folders.map((folder) => {
    const has = (at) => isSame && fs.lstatSync(`${project}/${at}`, { throwIfNoEntry: false });
    return [folder, linked(tree, folder).filter((at) => !has(at))];
  });
  const count = lists.flatMap(([, list]) => list).filter((at) => !at.includes('/.bin/')).length;
  if (count > 0) {
    const reason = why ? `, as ${why} ([shell] modules = "link" in headwater.toml links instead)` : '';
    console.error(`headwater: copying ${count} ${count === 1 ? 'package' : 'packages'} into node_modules${reason}`);
  }
  const staged = await stageCopies(tree, project, lists);
  if (!isSame) tellChanged(project, folders);
  for (const [folder, list] of lists) {
    const modules = `${project}/${folder}`;
    if (!isSame) clear(modules);
    placeCopies(staged.get(folder), modules, list.map((at) => at.slice(folder.length + 1)));
  }
}

/** Which of these locations are folders where links should be. */
function foldersAt(project, locations) {
  return locations.filter((at) => fs.lstatSync(`${project}/${at}`, { throwIfNoEntry: false })?.isDirectory());
}

/** The locations in a lockfile of npm; none where it cannot be read. */
function packagesOf(lockfile) {
  try {
    return JSON.parse(fs.readFileSync(lockfile, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Whether nothing in a folder was written after a time, in milliseconds. */
function isUntouched(at, since) {
  const stat = fs.lstatSync(at);
  if (stat.ctimeMs > since) return false;
  return !stat.isDirectory() || fs.readdirSync(at).every((name) => isUntouched(`${at}/${name}`, since));
}

/**
 * Replaces what npm install put there, by its own notes, when a conversion has
 * pinned other packages since: that is how a package is added, and npm can bring
 * it again. What was changed since is somebody's work; and with the tree as it
 * was, another version is somebody's trial.
 */
function replaceInstalled(project, locations) {
  const notes = `${project}/node_modules/.package-lock.json`;
  if (!fs.existsSync(notes)) return;
  const packages = packagesOf(notes);
  const since = fs.statSync(notes).ctimeMs;
  const installed = foldersAt(project, locations).filter((at) => packages[at] && isUntouched(`${project}/${at}`, since));
  for (const at of installed) fs.rmSync(`${project}/${at}`, { recursive: true });
  // They say no more what is there; npm does without.
  fs.rmSync(notes);
  if (installed.length > 0) console.error(`headwater: ${some(installed)}, from npm install, made way for what is pinned`);
}

/**
 * Tells of other folders in place of links, as of a package that was copied to
 * try a change in it. They are work, so they stay; but never without a word, as
 * the shell then runs something else than the build.
 */
function tellHidden(hidden) {
  if (hidden.length === 0) return;
  const what = hidden.length === 1 ? 'is a folder of its own and hides the pinned package; remove it' : 'are folders of their own and hide the pinned packages; remove them';
  console.error(`headwater: ${some(hidden)} ${what} (or all of node_modules) and enter the shell again`);
}

/** The folders that the tree before was in: what is left there goes. */
function clearOthers(project, marked, folders) {
  for (const folder of marked.slice(1).filter((line) => line && !folders.has(line))) {
    const modules = `${project}/${folder}`;
    if (!fs.existsSync(`${modules}/${MARKER}`)) continue;
    clear(modules);
    fs.rmSync(`${modules}/${MARKER}`);
    if (fs.readdirSync(modules).length === 0) fs.rmdirSync(modules);
  }
}

main(async () => {
  const [tree, project, mode = 'link', why = ''] = process.argv.slice(2);
  const { links, bins } = JSON.parse(fs.readFileSync(`${tree}/links.json`, 'utf8'));
  const inTree = modulesFolders(tree);
  const folders = new Set(inTree);
  for (const at of [...Object.keys(links), ...bins.map(([bin]) => bin)]) {
    folders.add(at.slice(0, at.lastIndexOf('node_modules') + 'node_modules'.length));
  }

  for (const folder of folders) {
    if (isOurs(`${project}/${folder}`)) continue;
    console.error(`headwater: ${folder} was not made by this shell and stays as it is; remove it to use the pinned packages`);
    // A mixture of two trees would be worse than either.
    return;
  }
  const wanted = [...inTree.flatMap((folder) => linked(tree, folder)), ...Object.keys(links)];
  const marker = `${project}/node_modules/${MARKER}`;
  const marked = fs.existsSync(marker) ? fs.readFileSync(marker, 'utf8').split('\n') : [];
  const stamp = `${tree} ${mode}`;
  const isSame = marked[0] === stamp;
  const wasTree = ['link', 'copy'].some((how) => marked[0] === `${tree} ${how}`);
  if (!wasTree) replaceInstalled(project, notCopied(project, inTree, wanted));
  if (!isSame) clearOthers(project, marked, folders);

  if (mode === 'copy') await copyModules(tree, project, inTree, { isSame, why });
  for (const folder of folders) {
    if (!inTree.includes(folder)) fs.mkdirSync(`${project}/${folder}`, { recursive: true });
    else if (mode !== 'copy') linkModules(tree, project, folder);
  }
  for (const [location, target] of Object.entries(links)) {
    link(path.relative(path.dirname(location), target), `${project}/${location}`);
  }
  for (const [bin, text] of bins) {
    link(text, `${project}/${bin}`);
    const program = path.resolve(path.dirname(`${project}/${bin}`), text);
    // npm makes the programs of workspaces executable, too.
    if (fs.existsSync(program)) fs.chmodSync(program, fs.statSync(program).mode | 0o111);
  }
  fs.mkdirSync(`${project}/node_modules/.cache`, { recursive: true });
  for (const folder of inTree) {
    fs.writeFileSync(`${project}/${folder}/${MARKER}`, [stamp, ...(folder === 'node_modules' ? inTree : []), ''].join('\n'));
  }
  tellHidden(foldersAt(project, notCopied(project, inTree, wanted)));
});
