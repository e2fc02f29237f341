// SPDX-License-Identifier: MIT OR Apache-2.0
// The programs of an installed project: only those that can run.
//
// What nobody asked for by name (package.json's `bin` and `start`) is left out where the installed tree lacks what it
// runs, with a line that says so; what headwater.toml names is an error then.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { failure } = require('./files.js');
const { isModule, lacking } = require('./imports.js');
const { quote, runtimeLines } = require('./runtime.js');
const { patchContent } = require('./shebang.js');

/** Words of a shell, and programs that every system has. */
const EVERYWHERE = new Set('. : [ basename cat cd chmod cp cut date dirname echo env eval exec exit export expr false grep head id ls mkdir mktemp mv node node.exe npm npx printf pwd rm sed set sh sleep sort source tail test touch tr true umask uname unset wait which xargs bash'.split(' '));

/** Options of node whose value is the next word; of some it is a module. */
const WITH_VALUE = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--input-type', '--title']);
const WITH_MODULE = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/**
 * Makes bin/.
 *
 * @param {object} config of project.nix
 * @param {string} out
 * @param {string} dest the folder of the installed project
 */
function installPrograms(config, out, dest) {
  const { bins, interpreters, pname, programs, runtime, start, wrap } = config;
  const left = [];
  const make = (name, command) => {
    fs.mkdirSync(`${out}/bin`, { recursive: true });
    writeScript(`${out}/bin/${name}`, [
      `#!${interpreters.bash}`,
      ...exported(wrap, path.dirname(interpreters.node)),
      ...runtimeLines(runtime),
      ...command,
    ]);
  };
  for (const [name, program] of Object.entries(programs)) make(name, named(name, program, dest, interpreters));
  for (const [name, target] of Object.entries(bins)) {
    if (programs[name]) continue;
    const file = `${dest}/${target}`;
    const why = fs.existsSync(file) ? lacks(file, target, dest) : `${target} is not there after the build`;
    if (why) left.push([name, why]);
    else make(name, [`exec ${run(file, interpreters)} "$@"`]);
  }
  if (start && Object.keys(bins).length === 0 && Object.keys(programs).length === 0) {
    const why = cannotStart(start, dest, wrap);
    if (why) left.push([pname, `\`npm start\` runs \`${start}\`, and ${why}`]);
    else make(pname, started(config, dest));
  }
  for (const [name, why] of left) {
    console.error(`headwater: no program ${name} is made: ${why}.`);
    console.error(`headwater: if there is a right one, name it in headwater.toml: [programs.${JSON.stringify(name)}] file = "..."`);
  }
}

/** What headwater.toml says. */
function named(name, { file, program, arguments: given = [] }, dest, interpreters) {
  const words = given.map((one) => quote(typeof one === 'string' ? one : `${dest}/${one.file}`));
  const target = file === undefined ? `${dest}/node_modules/.bin/${program}` : `${dest}/${file}`;
  if (!fs.existsSync(target)) {
    const what = file === undefined ? `a program ${program} of node_modules, and there is none` : `${file}, which is not there after the build`;
    throw failure(`[programs] of headwater.toml: ${name} is to run ${what}`);
  }
  const why = file === undefined ? null : lacks(target, file, dest);
  if (why) console.error(`headwater: the program ${name} may not run: ${why}`);
  return [`exec ${[run(target, interpreters), ...words].join(' ')} "$@"`];
}

/** Does what `npm start` does. */
function started({ interpreters, name, pname, start, version }, dest) {
  return [
    `cd ${quote(dest)} || exit 1`,
    `export PATH=${quote(`${dest}/node_modules/.bin`)}"\${PATH:+:$PATH}"`,
    `export npm_lifecycle_event=start npm_package_name=${quote(name)} npm_package_version=${quote(version)}`,
    `exec ${interpreters.sh} -c ${quote(`${start} "$@"`)} ${quote(pname)} "$@"`,
  ];
}

/** The words that run a file, whatever PATH it is started with. */
function run(file, interpreters) {
  const content = fs.readFileSync(file);
  const isScript = content[0] === 0x23 && content[1] === 0x21;
  // A program of a package is a link, and was made fit for the store with it.
  if (!fs.lstatSync(file).isSymbolicLink()) {
    fs.chmodSync(file, 0o755);
    const patched = isScript && patchContent(content, interpreters, true);
    if (patched) fs.writeFileSync(file, patched);
  }
  const byNode = !isScript && /\.[cm]?js$/.test(file);
  return `${byNode ? `${quote(interpreters.node)} ` : ''}${quote(file)}`;
}

function exported(wrap, node) {
  const folders = [...wrap.path, node].join(':');
  const variables = Object.entries(wrap.env).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [`export PATH=${quote(folders)}"\${PATH:+:$PATH}"`, ...variables];
}

/** Why a file cannot run, or null. */
function lacks(file, shown, dest) {
  const names = lacking(file, dest);
  return names.length === 0 ? null : `${shown} loads ${names.join(', ')}, which the result does not have`;
}

/** Why a shell command cannot run in the installed folder, or null: also where nobody can know. */
function cannotStart(command, dest, wrap, seen = []) {
  // What comes after another operator may well not be run.
  for (const part of command.split(/;|\|\|?|(?<!&)&(?!&)/, 1)[0].split('&&')) {
    const words = part.trim().split(/\s+/).filter((word) => word !== '');
    while (/^\w+=/.test(words[0] ?? '') || ['exec', 'env', 'cross-env'].includes(words[0])) {
      if (words[0] === 'cross-env' && !fs.existsSync(`${dest}/node_modules/.bin/cross-env`)) break;
      words.shift();
    }
    const why = words.length === 0 ? null : lacksWord(words, dest, wrap, seen);
    if (why) return why;
  }
  return null;
}

function lacksWord([word, ...rest], dest, wrap, seen) {
  // Quotes and variables are the shell's affair.
  if (/["'$`\\(){}<>*?]/.test(word)) return null;
  if (word === 'node') return lacksEntry(rest, dest);
  if (word === 'npm' && (rest[0] === 'run' || rest[0] === 'run-script' || rest[0] === 'start')) {
    return lacksScript(rest[0] === 'start' ? 'start' : rest[1], dest, wrap, seen);
  }
  if (EVERYWHERE.has(word)) return null;
  if (word.includes('/')) {
    const file = path.resolve(dest, word);
    return word.startsWith('/') || fs.existsSync(file) ? null : `${word} is not there after the build`;
  }
  const folders = [`${dest}/node_modules/.bin`, ...wrap.path];
  return folders.some((folder) => fs.existsSync(`${folder}/${word}`)) ? null : `the result has no program ${word}`;
}

function lacksScript(script, dest, wrap, seen) {
  const scripts = readJson(`${dest}/package.json`).scripts ?? {};
  if (!script || script.startsWith('-') || seen.includes(script)) return null;
  if (typeof scripts[script] !== 'string') return `package.json has no script ${script}`;
  return cannotStart(scripts[script], dest, wrap, [...seen, script]);
}

/** Of `node WORDS`: whether the file and what it loads are there. */
function lacksEntry(words, dest) {
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (/["'$`\\(){}<>*?]/.test(word)) return null;
    if (WITH_VALUE.has(word)) {
      const value = words[++at] ?? '';
      const isBare = WITH_MODULE.has(word) && /^[@a-z]/i.test(value);
      const name = value.split('/').slice(0, value.startsWith('@') ? 2 : 1).join('/');
      if (isBare && !value.includes(':') && !fs.existsSync(`${dest}/node_modules/${name}`)) return `the result has no package ${name}`;
      continue;
    }
    // Of others nobody knows here whether they take the next word.
    if (word.startsWith('-')) continue;
    const file = path.resolve(dest, word === '.' ? (readJson(`${dest}/package.json`).main ?? '.') : word);
    if (!isModule(file)) return words[at - 1]?.startsWith('-') ? null : `${word} is not there after the build`;
    const entry = [file, `${file}.js`, `${file}/index.js`].find((one) => fs.existsSync(one) && fs.statSync(one).isFile());
    return entry ? lacks(entry, path.relative(dest, entry), dest) : null;
  }
  return null;
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch {
    return {};
  }
}

function writeScript(file, lines) {
  fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 });
}

module.exports = { cannotStart, installPrograms };
