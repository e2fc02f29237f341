// SPDX-License-Identifier: MIT OR Apache-2.0
// `pnpm`, `yarn` and `corepack`: scripts are run by npm, which knows how, in the folders that were meant. Where pnpm
// itself is among the tools, it runs them; it must not look for the version that package.json names.
'use strict';
const path = require('node:path').posix;
const { npm, npmRun } = require('./npm.js');
const { npx, runProgram } = require('./programs.js');
const { filtered, inOrder } = require('./workspaces.js');

const SKIPPED = new Set(
  'install i ci add import dedupe rebuild rb publish audit fetch link ln unlink prune update up upgrade outdated remove rm uninstall un login logout config set plugin policies patch-commit approve-builds'.split(
    ' ',
  ),
);
const FILTERS = new Set(['--filter', '-F', '--filter-prod']);
const FOLDERS = new Set(['-C', '--dir', '--cwd', '--prefix']);
const VALUED = new Set(['--workspace-concurrency', '--reporter', '--loglevel', '--from', '-j', '--jobs', '--exclude']);
const PNPM = ['--config.manage-package-manager-versions=false', '--config.package-manager-strict=false', '--config.verify-deps-before-run=false'];

/** Options until the command, and again behind `run` and the like. */
function readOptions(argv, found = { filters: [], folder: null, isRecursive: false, isRoot: false, ifPresent: false }) {
  let at = 0;
  const includes = [];
  for (; at < argv.length && argv[at].startsWith('-') && argv[at] !== '--'; at++) {
    const [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(argv[at]);
    const next = () => value ?? argv[++at] ?? '';
    if (FILTERS.has(name)) found.filters.push(next());
    else if (name === '--include') includes.push(next());
    else if (FOLDERS.has(name)) found.folder = next();
    else if (VALUED.has(name) && value === undefined) at++;
    else if (name === '-r' || name === '--recursive') found.isRecursive = true;
    else if (name === '-w' || name === '--workspace-root') found.isRoot = true;
    else if (name === '--if-present') found.ifPresent = true;
  }
  found.filters.push(...includes);
  return { ...found, rest: argv.slice(at) };
}

/** Runs a script of package.json in these workspaces, those that have none left out. */
function inWorkspaces(workspaces, name, args, facts, ifPresent) {
  const having = workspaces.filter((one) => one.scripts[name] !== undefined);
  if (having.length === 0 && !ifPresent) return { unknown: `no workspace that is meant has a script ${name}` };
  return { runs: having.map((one) => npmRun(['run', name, '--', ...args], facts, path.join(facts.root, one.folder))) };
}

/** The package that a folder is in. */
function scriptsOf(facts) {
  for (let at = facts.cwd; ; at = path.dirname(at)) {
    const manifest = facts.manifest(at);
    if (manifest || at === facts.root || at === '/') return manifest?.scripts ?? {};
  }
}

/** `run NAME`, or a NAME that may be a script or a program. */
function runName([name, ...args], options, facts, isProgramToo) {
  if (name === undefined) return { unknown: 'it names no script' };
  const passed = args[0] === '--' ? args.slice(1) : args;
  if (options.filters.length > 0 || options.isRecursive) {
    const chosen = options.filters.length > 0 ? filtered(facts.workspaces(), options.filters) : inOrder(facts.workspaces());
    if (!chosen) return { unknown: `the filter ${options.filters.join(' ')} is not understood` };
    return inWorkspaces(chosen, name, passed, facts, options.ifPresent);
  }
  if (scriptsOf(facts)[name] !== undefined) return { runs: [npmRun(['run', name, '--', ...passed], facts)] };
  if (options.ifPresent) return { text: '' };
  return isProgramToo ? runProgram(name, args, facts) : { unknown: `package.json has no script ${name}` };
}

/** The version that package.json names for a package manager. */
function namedVersion(name, facts) {
  const named = facts.manifest(facts.root)?.packageManager ?? '';
  return named.startsWith(`${name}@`) ? named.slice(name.length + 1).split('+')[0] : null;
}

/** What yarn 2 and later list: the root, then the workspaces. */
function workspaceLines(facts) {
  const root = { location: '.', name: facts.manifest(facts.root)?.name };
  const all = [root, ...facts.workspaces().map(({ folder, name }) => ({ location: folder, name }))];
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/** What both have in common. */
function manager(kind, argv, given) {
  if (/^(-v|--version)$/.test(argv[0] ?? '')) {
    const version = namedVersion(kind, given);
    return version ? { text: `${version}\n` } : { unknown: 'package.json does not name its version' };
  }
  let options = readOptions(argv);
  let facts = given;
  if (options.folder !== null) facts = { ...facts, cwd: path.resolve(facts.cwd, options.folder) };
  if (options.isRoot) facts = { ...facts, cwd: facts.root };
  const [command, ...args] = options.rest;
  if (command === undefined) return kind === 'yarn' ? { skipped: true } : { unknown: 'it names no command' };
  // A script may have the name of a command, and is then run by `run` alone.
  if (SKIPPED.has(command)) return { skipped: true };
  switch (command) {
    case 'run':
    case 'run-script':
      options = readOptions(args, options);
      return runName(options.rest, options, facts, true);
    case 'exec':
      return options.filters.length > 0 || options.isRecursive ? { unknown: 'it is understood in one folder only' } : runProgram(args[0] === '--' ? args[1] : args[0], args.slice(args[0] === '--' ? 2 : 1), facts);
    case 'dlx':
      return npx(args, facts);
    case 'node':
      return { runs: [{ program: facts.node, args, cwd: facts.cwd }] };
    case 't':
      return runName(['test', ...args], options, facts, false);
    case 'workspace': {
      const one = facts.workspaces().find(({ name }) => name === args[0]);
      return one ? manager(kind, args.slice(1), { ...facts, cwd: path.join(facts.root, one.folder) }) : { unknown: `there is no workspace ${args[0]}` };
    }
    case 'workspaces':
      if (kind === 'yarn' && args.join(' ') === 'list --json') return { text: workspaceLines(facts) };
      options = readOptions(args.slice(1), { ...options, isRecursive: true });
      if (args[0] === 'run') return runName(options.rest, options, facts, false);
      if (args[0] === 'foreach' && options.rest[0] === 'run') return runName(options.rest.slice(1), options, facts, false);
      return { unknown: 'of workspaces only scripts can be run' };
    default:
      return runName([command, ...args], options, facts, true);
  }
}

/** @param {string[]} argv */
function pnpm(argv, facts) {
  const { rest } = readOptions(argv);
  if (!facts.pnpm || SKIPPED.has(rest[0]) || rest[0] === 'dlx') return manager('pnpm', argv, facts);
  return { runs: [{ program: facts.node, args: [facts.pnpm, ...PNPM, ...argv], cwd: facts.cwd }] };
}

/** @param {string[]} argv */
function yarn(argv, facts) {
  return manager('yarn', argv, facts);
}

/** Corepack would fetch a package manager; one that it is to start is answered as itself. */
function corepack([name, ...argv], facts) {
  const started = { npm, pnpm, yarn }[(name ?? '').split('@')[0]];
  return started ? started(argv, facts) : { skipped: true };
}

module.exports = { PNPM, corepack, pnpm, yarn };
