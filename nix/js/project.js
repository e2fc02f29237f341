// Prepares the project's working folder, and installs what was built.
//
// Reads $configPath (from project.nix). `prepare` runs in the unpacked source,
// `install` writes $out/lib/node_modules/NAME and $out/bin.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { copyFolder, copyFolders, failure, main, patchFolder, symlink } = require('./files.js');
const { canPack, packList } = require('./packlist.js');
const { STORE, patchContent } = require('./shebang.js');

const MODULES = ['node_modules', '.git'];

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

/** Links workspaces and linked folders, and their programs, into the tree. */
function linkProject(tree, project) {
  const { links, bins } = readLinks(tree);
  for (const [location, target] of Object.entries(links)) {
    if (!fs.existsSync(`${project}/${target}`)) throw failure(`${location} is a link to ${target}, which the project does not have`);
    symlink(path.relative(path.dirname(location), target), `${project}/${location}`);
  }
  for (const [link, text] of bins) {
    const program = path.resolve(path.dirname(`${project}/${link}`), text);
    if (!fs.existsSync(program)) continue;
    symlink(text, `${project}/${link}`);
    fs.chmodSync(program, 0o755);
  }
}

function readLinks(tree) {
  return JSON.parse(fs.readFileSync(`${tree}/links.json`, 'utf8'));
}

async function prepare(config) {
  const project = process.cwd();
  // Its own scripts run in the build, so they need the store's interpreters.
  patchFolder(project, config.interpreters);
  const tree = process.env.developmentTree;
  if (!tree) return;
  await copyTree(tree, project);
  linkProject(tree, project);
}

async function install(config) {
  const { out } = process.env;
  const project = process.cwd();
  const dest = `${out}/lib/node_modules/${config.name || config.pname}`;
  const { interpreters } = config;
  const { links } = readLinks(config.production);
  const programs = Object.values(config.bins).map((program) => path.posix.normalize(program));

  if (config.files && canPack(project)) {
    const chosen = packList(project, config.nodejs).filter((file) => !file.split('/').includes('node_modules'));
    for (const file of new Set([...chosen, ...programs.filter((program) => fs.existsSync(program))])) {
      fs.mkdirSync(path.dirname(`${dest}/${file}`), { recursive: true });
      fs.copyFileSync(file, `${dest}/${file}`);
    }
  } else {
    copyFolder(project, dest, { skipNames: MODULES, writable: true });
  }
  for (const folder of new Set([...config.workspaces, ...Object.values(links)])) {
    if (!fs.existsSync(folder)) throw failure(`the project links to ${folder}, which it does not have`);
    copyFolder(folder, `${dest}/${folder}`, { skipNames: MODULES, writable: true });
  }
  await copyTree(config.production, dest);
  linkProject(config.production, dest);
  removeStrayLinks(dest, dest);

  fs.mkdirSync(`${out}/bin`, { recursive: true });
  for (const [program, target] of Object.entries(config.bins)) {
    installProgram(`${out}/bin/${program}`, `${dest}/${target}`, target, interpreters);
  }
  if (Object.keys(config.bins).length === 0 && config.start) {
    writeScript(`${out}/bin/${config.pname}`, [
      `#!${interpreters.bash}`,
      `cd ${quote(dest)} || exit 1`,
      `export PATH=${quote(`${dest}/node_modules/.bin:${path.dirname(interpreters.node)}`)}"\${PATH:+:$PATH}"`,
      `export npm_lifecycle_event=start npm_package_name=${quote(config.name)} npm_package_version=${quote(config.version)}`,
      `exec ${interpreters.sh} -c ${quote(`${config.start} "$@"`)} ${quote(config.pname)} "$@"`,
    ]);
  }
  if (fs.readdirSync(`${out}/bin`).length === 0) fs.rmdirSync(`${out}/bin`);
}

/** A program that finds node, whatever PATH it is started with. */
function installProgram(link, file, shown, interpreters) {
  if (!fs.existsSync(file)) {
    throw failure(`the program ${path.basename(link)} is to be ${shown}, which is not there after the build`);
  }
  fs.chmodSync(file, 0o755);
  const content = fs.readFileSync(file);
  const script = content[0] === 0x23 && content[1] === 0x21;
  if (script) {
    const patched = patchContent(content, interpreters, true);
    if (patched) fs.writeFileSync(file, patched);
  }
  const byNode = !script && /\.[cm]?js$/.test(file);
  writeScript(link, [
    `#!${interpreters.bash}`,
    `export PATH=${quote(path.dirname(interpreters.node))}"\${PATH:+:$PATH}"`,
    `exec ${byNode ? `${quote(interpreters.node)} ` : ''}${quote(file)} "$@"`,
  ]);
}

function writeScript(file, lines) {
  fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 });
}

function quote(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

/** An output has no link that leads nowhere or out of it. */
function removeStrayLinks(folder, root) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      removeStrayLinks(at, root);
    } else if (entry.isSymbolicLink()) {
      const real = fs.existsSync(at) ? fs.realpathSync(at) : null;
      if (real && (real.startsWith(`${root}/`) || fs.readlinkSync(at).startsWith(`${STORE}/`))) continue;
      console.error(`headwater: ${path.relative(root, at)} is left out: it links ${real ? 'out of the project' : 'to nothing'}`);
      fs.rmSync(at);
    }
  }
}

main(() => {
  const config = JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'));
  return process.argv[2] === 'prepare' ? prepare(config) : install(config);
});
