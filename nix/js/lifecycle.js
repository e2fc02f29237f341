// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds one package with install scripts, among its own dependencies only.
//
// Reads $configPath (from built.nix). The scripts run through npm's own library,
// so that its implicit node-gyp rebuild, PATH and variables are npm's.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { copyFolder, failure, main } = require('./files.js');
const { layOut } = require('./layout.js');
const { ancestors, claimBins, keep } = require('./plan.js');
const { removeTraces } = require('./traces.js');

// What programs say when there is no network.
const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ENETDOWN|EHOSTUNREACH|ETIMEDOUT|getaddrinfo|[Cc]ould not resolve|[Nn]ame or service not known|[Tt]emporary failure in name resolution|[Nn]etwork is unreachable|[Cc]ould ?n.t connect to server|only-if-cached|ENOTCACHED/;

// npm's order; its links of the programs were made before all of them.
const EVENTS = ['preinstall', 'install', 'postinstall'];

/** The folder of the npm that comes with node, and a require of its own. */
function npmOf(nodejs) {
  const candidates = [`${nodejs}/lib/node_modules/npm`];
  try {
    candidates.unshift(path.resolve(fs.realpathSync(`${nodejs}/bin/npm`), '../..'));
  } catch {
    // A node without an npm program; its library may still be there.
  }
  // Debian keeps npm's own modules beside npm, others below it: node knows where to look.
  const has = (root) => {
    try {
      createRequire(`${root}/package.json`).resolve('@npmcli/run-script');
      return fs.existsSync(`${root}/bin/npm-cli.js`);
    } catch {
      return false;
    }
  };
  const root = candidates.find(has);
  if (!root) throw failure(`the nodejs of this package set has no npm (looked in ${candidates.join(', ')})`);
  return { root, require: createRequire(`${root}/package.json`) };
}

/** The variables that npm sets for the scripts it runs. */
function npmVariables(config, root) {
  const npm = npmOf(config.nodejs);
  const { version } = npm.require('./package.json');
  const nodedir = [config.nodeHeaders, config.nodejs].find((dir) => fs.existsSync(`${dir}/include/node/node.h`));
  return {
    INIT_CWD: root,
    NODE: process.execPath,
    npm_node_execpath: process.execPath,
    npm_execpath: `${npm.root}/bin/npm-cli.js`,
    npm_command: 'ci',
    npm_config_user_agent: `npm/${version} node/${process.version} ${process.platform} ${process.arch} workspaces/false`,
    npm_config_local_prefix: root,
    npm_config_global: 'false',
    ...(nodedir && { npm_config_nodedir: nodedir }),
  };
}

/** All variables of scripts that run in a build. */
function environment(config, root) {
  return {
    ...process.env,
    ...npmVariables(config, root),
    HOME: process.env.TMPDIR,
    npm_config_cache: `${process.env.TMPDIR}/npm-cache`,
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_build_from_source: 'true',
    npm_config_jobs: process.env.NIX_BUILD_CORES ?? '1',
    ...config.env,
  };
}

/** One script in a process of its own, its words shown and kept. */
function runEvent(event, folder, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [__filename, event, folder], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        process.stderr.write(data);
        log = (log + data).slice(-200_000);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, log }));
  });
}

function applyPatch(patch, folder, root) {
  const text = fs.readFileSync(patch, 'utf8');
  // patch-package writes paths from the project's root, others from the package.
  const fromRoot = /^(---|\+\+\+|diff --git) "?[ab]\/(.*\/)?node_modules\//m.test(text);
  const done = spawnSync('patch', ['--strip=1', '--forward', '--batch', '--no-backup-if-mismatch', `--input=${patch}`], {
    cwd: fromRoot ? root : folder,
    encoding: 'utf8',
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw failure(`the patch does not fit:\n${done.stdout}${done.stderr}`);
}

/** The failure in one line: the network, or the log's last word of an error. */
function reasonOf(config, event, log) {
  const lines = log.trimEnd().split('\n');
  const last = lines.findLast((line) => /\berror\b(?!!)/i.test(line)) ?? lines.at(-1);
  const why = NETWORK.test(log) ? 'it wants the network, which builds do not have' : last.trim();
  return `${config.name}@${config.version}: its ${event} script failed: ${why}`;
}

/** What the user is told; what to know comes last, as Nix shows the end of a log. */
function explain(config, event, log) {
  return [
    `the end of the ${event} script of ${config.name}@${config.version}:`,
    ...log.trimEnd().split('\n').slice(-25).map((line) => `  | ${line}`),
    `headwater: ${reasonOf(config, event, log)}`,
    `What can be done, in headwater.toml under [packages."${config.name}"]:`,
    '  skipScripts = true       if the package works without its scripts',
    '  buildInputs = ["..."]    for libraries and tools that it looks for',
    '  env = { NAME = "..." }   for what it reads from the environment',
  ].join('\n');
}

/** The folder, new: what is in it was written by scripts, and none of them says how they ended. */
function emptied(out) {
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out);
  return out;
}

async function build(config) {
  const root = `${process.env.TMPDIR}/project`;
  const locations = {};
  const sources = {};
  for (const member of config.members) {
    locations[member.path] = { bin: member.bin };
    sources[member.path] = member.source;
  }
  const removed = config.members
    .filter((member) => member.path !== config.location && member.failed && fs.existsSync(member.failed))
    .map((member) => member.path);
  await layOut(root, locations, {
    removed,
    production: false,
    interpreters: config.interpreters,
    writable: true,
    sourceOf: (location) => sources[location],
  });

  const folder = `${root}/${config.location}`;
  for (const patch of config.patches) applyPatch(patch, folder, root);
  for (const event of config.scripts ? EVENTS : []) {
    const { code, log } = await runEvent(event, folder, environment(config, root));
    if (code === 0) continue;
    const text = explain(config, event, log);
    if (!config.optional) throw failure(text);
    console.error(`headwater: ${text}\nIt is optional: the tree goes without it.`);
    fs.writeFileSync(`${emptied(process.env.out)}/failed`, `${reasonOf(config, event, log)}\n`);
    return;
  }
  removeTraces(folder);

  // The package alone: what lies in it by its own location comes by itself.
  const inside = (at) => (at.startsWith(`${config.location}/`) ? [at.slice(config.location.length + 1)] : []);
  const links = [...claimBins(keep(locations, { removed: new Set(removed), production: false })).keys()];
  copyFolder(folder, `${emptied(process.env.out)}/package`, {
    interpreters: config.interpreters,
    skip: [...Object.keys(locations).filter((at) => ancestors(at).includes(config.location)), ...links].flatMap(inside),
    storeLinks: true,
  });
}

/** In the process of its own: one script, by npm's library. */
async function runScript(event, folder) {
  const run = createRequire(process.env.npm_execpath)('@npmcli/run-script');
  await run({ event, path: folder, stdio: 'inherit', scriptShell: process.env.npm_config_script_shell ?? process.env.SHELL, banner: false });
}

if (require.main === module) {
  const [event, folder] = process.argv.slice(2);
  if (event) {
    runScript(event, folder).catch((error) => {
      // A script that failed has said so itself; one that could not be started has not.
      if (typeof error.code !== 'number') console.error(error.message);
      process.exit(1);
    });
  } else {
    main(() => build(JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'))));
  }
}

module.exports = { NETWORK, environment, npmOf, npmVariables, runEvent };
