// SPDX-License-Identifier: MIT OR Apache-2.0
// Prepares the project's working folder, and installs what was built.
//
// Reads $configPath (from project.nix). `prepare` runs in the unpacked source,
// `install` writes $out/lib/node_modules/NAME and $out/bin.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const carry = require('./carry.js');
const { copyFolder, copyFolders, failure, main, patchFolder, symlink } = require('./files.js');
const { linkProject, readLinks } = require('./links.js');
const { canPack, packList } = require('./packlist.js');
const { installPrograms } = require('./programs.js');
const { STORE } = require('./shebang.js');

/** Copies a tree in: each package is a job, and nested trees are merged. */
async function copyTree(tree, project) {
  const jobs = [];
  const visit = (below) => {
    for (const entry of fs.readdirSync(`${tree}/${below}`, { withFileTypes: true })) {
      const at = below ? `${below}/${entry.name}` : entry.name;
      if (at === 'links.json') continue;
      // Packages are copied whole; what leads to them is only walked through.
      const inModules = /(^|\/)node_modules(\/@[^/]+)?$/.test(below);
      if (entry.isSymbolicLink()) symlink(fs.readlinkSync(`${tree}/${at}`), `${project}/${at}`);
      else if (entry.isDirectory() && !(inModules && !entry.name.startsWith('@'))) visit(at);
      else if (entry.isDirectory()) jobs.push([`${tree}/${at}`, `${project}/${at}`, { writable: true }]);
    }
  };
  visit('');
  await copyFolders(jobs);
}

async function prepare(config) {
  const project = process.cwd();
  // Its own scripts run in the build, so they need the store's interpreters.
  patchFolder(project, config.interpreters);
  const tree = process.env.developmentTree;
  if (!tree) return;
  await copyTree(tree, project);
  linkProject(readLinks(tree), project);
  carry.stamp();
}

/** The folders that npm installs into: those that a build makes elsewhere are its output. */
function modulesFolders(parts) {
  return parts.map((part) => (part ? `${part}/node_modules` : 'node_modules'));
}

/** Copies a folder of the project without what npm installed. */
function copyPart(part, dest, parts) {
  const inside = modulesFolders(parts).filter((at) => !part || at.startsWith(`${part}/`));
  const skip = inside.map((at) => (part ? at.slice(part.length + 1) : at));
  copyFolder(part || '.', dest, { skip, skipNames: ['.git'], writable: true, root: process.cwd() });
}

/** What the build wrote into node_modules, with a list of it for whoever reads the pins. */
function carryOver(config, dest, parts) {
  const tree = process.env.developmentTree;
  if (!tree) return;
  const found = carry.carry({ project: process.cwd(), tree, production: config.production, dest, parts });
  if (found.length === 0) return;
  const report = carry.report(found, (location) => {
    const manifest = `${tree}/${location}/package.json`;
    if (!fs.existsSync(manifest)) return null;
    const { name, version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
    return { name, version };
  });
  for (const line of carry.lines(report)) console.error(`headwater: ${line}`);
  const folder = `${process.env.out}/share/headwater`;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(`${folder}/changed-files.json`, `${JSON.stringify(report, null, 2)}\n`);
}

async function install(config) {
  const { out } = process.env;
  if (config.output) {
    installOutput(config.output, out);
    return;
  }
  const project = process.cwd();
  const dest = `${out}/lib/node_modules/${config.name || config.pname}`;
  const { links } = readLinks(config.production);
  const parts = [...new Set(['', ...config.workspaces, ...Object.values(links)])];
  for (const folder of parts) {
    if (!fs.existsSync(folder || '.')) throw failure(`the project links to ${folder}, which it does not have`);
  }
  // Named programs are taken whatever package.json says is published.
  const named = Object.values(config.programs).flatMap((program) => [program, ...(program.arguments ?? [])]);
  const files = [...Object.values(config.bins), ...named.flatMap(({ file }) => file ?? [])];
  const programs = files.map((program) => path.posix.normalize(program));

  if (config.files && canPack(project)) {
    const installed = modulesFolders(parts);
    const chosen = packList(project, config.nodejs).filter((file) => !installed.some((at) => file.startsWith(`${at}/`)));
    for (const file of new Set([...chosen, ...programs.filter((program) => fs.existsSync(program))])) {
      fs.mkdirSync(path.dirname(`${dest}/${file}`), { recursive: true });
      fs.copyFileSync(file, `${dest}/${file}`);
    }
    const isOuter = (folder) => folder && !parts.some((other) => other && folder.startsWith(`${other}/`));
    for (const folder of parts.filter(isOuter)) copyPart(folder, `${dest}/${folder}`, parts);
  } else {
    copyPart('', dest, parts);
  }
  await copyTree(config.production, dest);
  linkProject(readLinks(config.production), dest);
  carryOver(config, dest, parts);
  removeStrayLinks(dest, dest);

  installPrograms(config, out, dest);
}

/** The result is a folder that the build made. */
function installOutput(folder, out) {
  if (!fs.existsSync(folder)) throw failure(`[project] output of headwater.toml is ${folder}, which is not there after the build`);
  copyFolder(folder, out, { writable: true });
}

/** An output has no link that leads nowhere or out of it. */
function removeStrayLinks(folder, root) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      removeStrayLinks(at, root);
    } else if (entry.isSymbolicLink()) {
      const real = fs.existsSync(at) ? fs.realpathSync(at) : null;
      if (real && (real === root || real.startsWith(`${root}/`) || fs.readlinkSync(at).startsWith(`${STORE}/`))) continue;
      console.error(`headwater: ${path.relative(root, at)} is left out: it links ${real ? 'out of the project' : 'to nothing'}`);
      fs.rmSync(at);
    }
  }
}

main(() => {
  const config = JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'));
  return process.argv[2] === 'prepare' ? prepare(config) : install(config);
});
