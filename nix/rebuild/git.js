// SPDX-License-Identifier: MIT OR Apache-2.0
// `git`, as far as a commit without its repository can answer: its name, its time, its files. As after a checkout of
// that commit in CI: on no branch, with nothing changed.
'use strict';
const path = require('node:path').posix;
const { grep, lsFiles } = require('./git-files.js');

const VALUED = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace']);
const WELL = new Set(['update-index', 'gc', 'submodule', 'diff', 'diff-index', 'diff-files', 'status']);
const NETWORK = new Set(['fetch', 'pull', 'push', 'clone', 'ls-remote', 'archive', 'lfs']);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

const unknown = (why) => ({ unknown: why, code: 128 });
const line = (text) => ({ text: `${text}\n` });

/** @param {string[]} argv */
function git(argv, facts) {
  let at = 0;
  let { cwd } = facts;
  for (; at < argv.length && argv[at].startsWith('-'); at++) {
    if (argv[at] === '--version' || argv[at] === '-v') return line('git version 2.47.0');
    if (argv[at] === '-C') cwd = path.resolve(cwd, argv[at + 1] ?? '');
    if (VALUED.has(argv[at])) at++;
  }
  const [command, ...args] = argv.slice(at);
  const answer = ANSWERS[command];
  if (answer) return answer(args, { ...facts, cwd });
  if (command === 'submodule' && args[0] === 'foreach') return unknown('no command of it is known');
  if (WELL.has(command)) return { text: '' };
  if (NETWORK.has(command)) return unknown('there is no network');
  return unknown('only the commit, its time and its files are known');
}

const short = (facts, length = 7) => facts.commit.slice(0, length);

function revParse(args, facts) {
  const said = [];
  let form = (commit) => commit;
  for (const arg of args) {
    const shorter = /^--short(?:=(\d+))?$/.exec(arg);
    if (shorter) form = () => short(facts, Number(shorter[1] ?? 7));
    else if (arg === '--abbrev-ref') form = () => 'HEAD';
    else if (arg === '--show-toplevel') said.push(facts.root);
    else if (arg === '--is-inside-work-tree') said.push('true');
    else if (arg === '--git-dir') said.push('.git');
    else if (arg === '--show-prefix') said.push(facts.cwd === facts.root ? '' : `${path.relative(facts.root, facts.cwd)}/`);
    else if (arg === '--show-cdup') said.push(facts.cwd === facts.root ? '' : `${path.relative(facts.cwd, facts.root)}/`);
    else if (arg === 'HEAD' || arg === '@' || arg === facts.commit) said.push(form(facts.commit));
    else if (arg !== '--verify' && arg !== '--quiet' && arg !== '-q') return unknown(`${arg} is not known`);
  }
  return line(said.join('\n'));
}

/** A date as git prints it; of a commit's zone nothing is known but its time. */
function shownDate(time, style) {
  const date = new Date(time * 1000);
  const iso = date.toISOString();
  switch (style) {
    case 'iso':
    case 'iso8601':
      return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000`;
    case 'iso-strict':
    case 'iso8601-strict':
      return `${iso.slice(0, 19)}+00:00`;
    case 'short':
      return iso.slice(0, 10);
    case 'unix':
      return String(time);
    case 'default':
      return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()} ${iso.slice(11, 19)} ${iso.slice(0, 4)} +0000`;
    default:
      return null;
  }
}

/** A `--format` of git log filled in; null where it asks for what is not known. */
function filled(format, facts, style) {
  const values = {
    H: facts.commit,
    h: short(facts),
    t: String(facts.time),
    i: shownDate(facts.time, 'iso'),
    I: shownDate(facts.time, 'iso-strict'),
    s: shownDate(facts.time, 'short'),
    d: shownDate(facts.time, style),
    n: '\n',
    '%': '%',
  };
  let known = true;
  const text = format.replace(/%(?:([ca])([tiIsd])|(.))/g, (_, who, date, other) => {
    const value = date ? values[date] : 'Hhn%'.includes(other) && values[other];
    if (typeof value !== 'string') known = false;
    return value;
  });
  return known ? text : null;
}

function log(args, facts) {
  let format = null;
  let isOne = false;
  let style = 'default';
  let terminator = '\n';
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    const [, value] = /^--(?:format|pretty)=(.*)$/s.exec(arg) ?? [];
    if (value !== undefined) {
      const [, kind, rest] = /^(t?format):(.*)$/s.exec(value) ?? [];
      format = rest ?? value;
      // `--format=X` and `tformat:` end with a line's end, `--pretty=format:` does not.
      terminator = kind === 'format' ? '' : '\n';
    } else if (/^(-1|-n1|--max-count=1)$/.test(arg)) isOne = true;
    else if (arg === '-n' && args[at + 1] === '1') at++, (isOne = true);
    else if (arg.startsWith('--date=')) style = arg.slice(7);
    else if (!/^(HEAD|@|--no-patch|-s|--quiet|-q|--no-color|--no-show-signature|--abbrev-commit)$/.test(arg) && arg !== facts.commit)
      return unknown(`the history is not known, nor what ${arg} asks for`);
  }
  if (!isOne || format === null) return unknown('the history is not known');
  const text = filled(format, facts, style);
  return text === null ? unknown('of the commit only its name and its time are known') : { text: `${text}${terminator}` };
}

function describe(args, facts) {
  const isLong = args.includes('--long');
  if (facts.tag) return line(isLong ? `${facts.tag}-0-g${short(facts)}` : facts.tag);
  if (args.includes('--always')) return line(short(facts));
  return unknown('no tag of the commit is known');
}

function config(args, facts) {
  const names = args.filter((arg) => !arg.startsWith('-') && arg !== 'get');
  if (names.length > 1 || args.includes('--unset')) return { text: '' };
  return names[0] === 'remote.origin.url' ? line(facts.url) : { text: '', code: 1 };
}

const ANSWERS = {
  branch: (args) => (args.includes('--show-current') ? { text: '' } : unknown('no branch is known')),
  config,
  describe,
  grep,
  log,
  'ls-files': lsFiles,
  remote: (args, facts) => (args[0] === 'get-url' ? line(facts.url) : unknown('only its address is known')),
  'rev-list': (args, facts) =>
    /^(-1|-n1|--max-count=1) (HEAD|@)$/.test(args.join(' ')) ? line(facts.commit) : unknown('the history is not known'),
  'rev-parse': revParse,
  show: (args, facts) => (args.some((arg) => arg === '-s' || arg === '--no-patch') ? log(['-1', ...args], facts) : unknown('the history is not known')),
  'symbolic-ref': () => ({ text: '', code: 1 }),
  tag: (args, facts) => (args.join(' ') === '--points-at HEAD' ? { text: facts.tag ? `${facts.tag}\n` : '' } : unknown('only the commit is known')),
};

module.exports = { git };
