// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the life-cycle scripts of the project's own packages, as `npm ci` does once
// everything is installed. Which, and in which order, was decided at conversion.
//
// usage: own-scripts.js                          in a build: $configPath is from project.nix
//        own-scripts.js CONFIG PROJECT [enter]   in the shell: CONFIG is from shell-scripts.nix
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { failure, main, some } = require('./files.js');
const { NETWORK, environment, npmVariables, runEvent } = require('./lifecycle.js');
const { linkBins, readLinks } = require('./links.js');

/** What is to be known of a failure, in one line. */
function reason({ folder, event, command }, log) {
  const last = log.trimEnd().split('\n').at(-1) || 'it said nothing';
  const why = NETWORK.test(log) ? 'it wants the network' : last;
  return `the \`${event}\` script of ${folder ? `${folder}/package.json` : 'package.json'} failed (${command}): ${why}`;
}

/**
 * @param {string} project  its folder
 * @param {{folder: string, event: string, command: string}[]} scripts
 * @param {object} variables  what npm sets for them
 * @param {(event: string) => void} done  called when all packages have had an event
 */
async function run(project, scripts, variables, done = () => {}) {
  for (const [at, script] of scripts.entries()) {
    console.error(`\n> ${script.folder || 'the project'} ${script.event}\n> ${script.command}\n`);
    const { code, log } = await runEvent(script.event, path.join(project, script.folder), variables);
    if (code !== 0) throw Object.assign(failure(reason(script, log)), { event: script.event });
    if (scripts[at + 1]?.event !== script.event) done(script.event);
  }
}

async function inBuild() {
  const config = JSON.parse(fs.readFileSync(process.env.configPath, 'utf8'));
  const project = process.cwd();
  // Programs of members that only `prepare` makes.
  const done = (event) => event === 'prepare' && linkBins(readLinks(process.env.developmentTree), project);
  try {
    await run(project, config.scripts, environment(config, project), done);
  } catch (error) {
    if (error.event) {
      error.message = [
        error.message,
        'npm ci runs it, too, though with a network. If nothing needs it, leave it out in headwater.toml:',
        '  [project]',
        `  skipScripts = ["${error.event}"]    # or true, for all of them`,
      ].join('\n');
    }
    throw error;
  }
}

function inShell(config, project) {
  // The user's own shell may be another kind altogether.
  const variables = { npm_config_script_shell: 'sh', ...process.env, ...npmVariables(config, project) };
  return run(project, config.scripts, variables);
}

/** Once for each tree, as npm does when it has installed one; the shell is there in any case. */
async function entered(file, config, project) {
  const modules = `${project}/node_modules`;
  const laidOut = fs.existsSync(`${modules}/.headwater`) ? fs.readFileSync(`${modules}/.headwater`, 'utf8').split('\n')[0] : '';
  // Another's node_modules, which the shell has told of.
  if (laidOut !== config.tree) return;
  // Before they run: one that fails is not tried at every entry.
  fs.writeFileSync(`${modules}/.headwater-scripts`, `${file}\n`);
  if (reachesStore(modules, config.tree)) {
    const told = config.scripts.map(({ folder, event }) => (folder ? `${event} of ${folder}` : event));
    console.error(`headwater: npm ci would now run scripts of the project: ${some(told)}`);
    console.error('headwater: you may write to the store, and so might they; `headwater-scripts` runs them');
    return;
  }
  try {
    await inShell(config, project);
  } catch (error) {
    console.error(`headwater: ${error.expected ? error.message : error.stack}`);
    console.error('headwater: the shell goes on without it; `headwater-scripts` runs them again');
  }
}

/** Whether what writes into a package of the project would write into the store. */
function reachesStore(modules, tree) {
  const isLink = (name) => fs.lstatSync(`${modules}/${name}`).isSymbolicLink() && fs.readlinkSync(`${modules}/${name}`).startsWith(`${tree}/`);
  try {
    fs.accessSync(tree, fs.constants.W_OK);
  } catch {
    return false;
  }
  return names(modules).some(isLink);
}

/** The packages of a node_modules. */
function names(modules) {
  const scope = (name) => (name.startsWith('@') ? fs.readdirSync(`${modules}/${name}`).map((sub) => `${name}/${sub}`) : [name]);
  return fs.readdirSync(modules).flatMap(scope);
}

main(() => {
  const [file, project, enter] = process.argv.slice(2);
  if (!file) return inBuild();
  const config = JSON.parse(fs.readFileSync(file, 'utf8'));
  return enter ? entered(file, config, project) : inShell(config, project);
});
