// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds a package from its commit by its recipe, and packs it as for the registry.
//
// Reads $configPath (from rebuild.nix); rebuild-tarballs.js calls it where tools do not come in packs. Nothing of this
// run's clock is in $out: two builds must give the same bytes.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { copyFolder, failure, main, patchFolder } = require('./files.js');
const { environment } = require('./rebuild-environment.js');
const { layOut, sourceIn } = require('./layout.js');
const { npmOf } = require('./lifecycle.js');
const { linkProject } = require('./links.js');
const { modulesOf } = require('./plan.js');
const { listing } = require('./listing.js');
const { Log } = require('./log.js');
const { PACKERS, pack } = require('./rebuild-pack.js');
const { firstLine, restoreFolder, usualLines } = require('./restore.js');
const { runSteps } = require('./steps.js');
const { unpack } = require('./unpack.js');

// Locations of tools that are run where they are, and not laid out in the repository.
const BESIDE = '.headwater/';
// For all steps of a package.
const LIMITS = { seconds: 1800, megabytes: 8192 };

/** The checkout with its tools. Tells which lines of scripts were changed, by file. */
async function prepare(config, root, shims) {
  copyFolder(config.source, root, { writable: true });
  const patched = new Map();
  patchFolder(root, config.interpreters, (file, before, after) => patched.set(file, { before: firstLine(before), after: firstLine(after) }));

  const { locations } = JSON.parse(fs.readFileSync(config.tree, 'utf8'));
  const sourceOf = (location, entry) => sourceIn(config, location, entry, 'headwater verify');
  const inside = Object.fromEntries(Object.entries(locations).filter(([location]) => !location.startsWith(BESIDE)));
  const { removed, interpreters } = config;
  const folders = new Set(['node_modules', ...Object.keys(inside).filter((location) => location.includes('node_modules/')).map(modulesOf)]);
  // As npm does before it installs: one that is committed would hide what the lockfile has.
  for (const modules of folders) fs.rmSync(`${root}/${modules}`, { recursive: true, force: true });
  linkProject(await layOut(root, inside, { removed, production: false, interpreters, writable: true, sourceOf }), root, { mayDangle: true });
  // A package manager among the tools would ask the network.
  for (const modules of folders) {
    for (const name of shims) fs.rmSync(`${root}/${modules}/.bin/${name}`, { force: true });
  }
  // What pnpm writes down of its layout. nx does not start without it.
  if (Object.keys(inside).some((location) => location.startsWith('node_modules/.pnpm/'))) {
    const layout = { hoistedDependencies: {}, layoutVersion: 5, nodeLinker: 'isolated', virtualStoreDir: '.pnpm' };
    fs.writeFileSync(`${root}/node_modules/.modules.yaml`, `${JSON.stringify(layout, null, 2)}\n`);
  }

  // Where it came from: what lies in the repository, the steps can change.
  const found = (location) => {
    const entry = locations[location];
    return entry?.link ? found(entry.link) : entry && sourceOf(location, entry);
  };
  const pnpm = found(`${BESIDE}pnpm`) ?? found('node_modules/pnpm');
  const program = (folder, name) => (folder ? programOf(folder, name) : null);
  const beside = (name) => program(found(`${BESIDE}${name}`), name);
  return { patched, earlyNpm: beside('npm'), pnpm: program(pnpm, 'pnpm'), yarn: beside('yarn') };
}

/** The file of a package's program; null where there is none. */
function programOf(folder, name) {
  const { bin } = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
  const file = typeof bin === 'string' ? bin : bin?.[name];
  return file ? path.join(folder, file) : null;
}

/** What shims were asked, each once. The steps can write there, too. */
function readAsked(file) {
  if (!fs.existsSync(file)) return [];
  return [...new Set(fs.readFileSync(file, 'utf8').split('\n').filter(Boolean))].sort();
}

/** Of what nothing is compared with, the commands themselves must say that they did their work. */
function refuseFailed(config, steps) {
  const last = steps.at(-1);
  if (!last) return;
  const { mayFail = false } = config.recipe.steps[steps.length - 1];
  if (last.ended) throw unbuilt(config, `\`${last.command}\` was ended: it took too much ${last.ended}`);
  if (last.exit !== 0 && !mayFail) throw unbuilt(config, `\`${last.command}\` ended with ${last.exit}`);
}

/** The log is above: Nix shows its end. */
function unbuilt({ name, version, commit }, why) {
  return failure(
    `${name}@${version} cannot be built from its commit ${commit.slice(0, 12)}: ${why}. What it said is above.\n` +
      `  If a tool is missing, name it in headwater.toml: [packages.${JSON.stringify(name)}] build = { tools = ["NAME"] }\n` +
      '  With build = { level = "all" } all packages of its lockfile are there. Other keys of `build` say what is run (command, script, directory, env). With skipScripts = true the commit\'s files are used as they are.\n' +
      '  Then run headwater convert again.',
  );
}

async function rebuild(config) {
  if (!Object.hasOwn(PACKERS, config.recipe.packer)) throw failure(`the recipe of ${config.name} names the packer ${config.recipe.packer}, which is not known`);
  const { TMPDIR: work, out } = process.env;
  const root = `${work}/source`;
  const { recipe } = config;
  const runtime = require(`${config.runtime}/shim.js`);
  const { patched, ...packers } = await prepare(config, root, runtime.names);

  const own = `${work}/headwater`;
  const usual = `${npmOf(config.nodejs).root}/bin/npm-cli.js`;
  const facts = { ...config, root, node: process.execPath, npm: usual, pnpm: packers.pnpm, asked: `${own}/asked` };
  runtime.install(`${own}/bin`, process.execPath, `${own}/facts.json`);
  fs.writeFileSync(`${own}/facts.json`, JSON.stringify(facts));
  const envOf = (folder) => environment(config, { root, own, folder });

  const log = new Log();
  const say = (text) => {
    process.stderr.write(text);
    log.add(text);
  };
  const steps = await runSteps(recipe.steps, { root, bash: config.interpreters.bash, envOf, limits: { ...LIMITS, ...config.limits }, say, strict: config.strict });
  if (config.strict) refuseFailed(config, steps);

  const folder = path.join(root, recipe.contents ?? recipe.directory);
  if (fs.existsSync(folder)) restoreFolder(folder, patched, usualLines(config.interpreters));
  const tarball = pack(config, { ...packers, root, folder, npm: usual, work: own, say });
  if (config.strict && !tarball) throw unbuilt(config, 'nothing was packed');

  // Anew: what is in it was perhaps written by a step.
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out);
  let files = 0;
  if (tarball) {
    fs.copyFileSync(tarball, `${out}/package.tgz`);
    unpack(tarball, `${out}/package`, 'what was packed');
    files = listing(`${out}/package`).length;
  } else {
    fs.writeFileSync(`${out}/log`, log.text());
  }
  const result = { steps, packed: tarball !== null, files, shims: readAsked(facts.asked) };
  fs.writeFileSync(`${out}/result.json`, `${JSON.stringify(result, null, 2)}\n`);
}

if (require.main === module) main(() => rebuild(JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'))));

module.exports = { rebuild };
