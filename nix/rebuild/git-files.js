// SPDX-License-Identifier: MIT OR Apache-2.0
// `git ls-files` and `git grep`: the files of the commit, as far as they are still there.
'use strict';
const path = require('node:path').posix;

const unknown = (arg) => ({ unknown: `${arg} is not known`, code: 128 });

/** git's own patterns: a `*` goes over folders, and a folder stands for what is in it. */
function matches(pattern, file) {
  if (pattern === '' || pattern === '.' || file === pattern || file.startsWith(`${pattern.replace(/\/$/, '')}/`)) return true;
  if (!/[*?[]/.test(pattern)) return false;
  const text = pattern.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${text}$`, 's').test(file);
}

/** The files that patterns mean, which go by the folder; in git's order, that of bytes. */
function filesOf(patterns, facts) {
  const inside = path.relative(facts.root, facts.cwd);
  const wanted = patterns.length > 0 ? patterns.map((pattern) => path.normalize(path.join(inside, pattern))) : [inside];
  const found = facts.files().filter((file) => wanted.some((pattern) => matches(pattern, file)));
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** A file as it is shown in this folder. */
function shown(file, facts) {
  return path.relative(path.relative(facts.root, facts.cwd), file);
}

/** @param {string[]} args */
function lsFiles(args, facts) {
  let end = '\n';
  let isFull = false;
  const patterns = [];
  for (const arg of args) {
    if (arg === '-z') end = '\0';
    else if (arg === '--full-name') isFull = true;
    else if (/^(--|-c|--cached|--exclude-standard|--error-unmatch)$/.test(arg)) continue;
    else if (/^[-:]/.test(arg)) return unknown(arg);
    else patterns.push(arg);
  }
  const files = filesOf(patterns, facts);
  return { text: files.map((file) => (isFull ? file : shown(file, facts)) + end).join('') };
}

/** A basic expression as JavaScript has it: there, what is special without a backslash is not so here. */
function ofBasic(text) {
  return text.replace(/\\([(){}|+?])|([(){}|+?])/g, (_, special, plain) => special ?? `\\${plain}`);
}

/** @param {string[]} args */
function grep(args, facts) {
  let kind = ofBasic;
  let flags = '';
  let isList = false;
  let isNumbered = false;
  let text = null;
  const rest = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === '--') rest.push(...args.slice(at + 1)), (at = args.length);
    else if (arg === '-F' || arg === '--fixed-strings') kind = (fixed) => fixed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else if (arg === '-E' || arg === '--extended-regexp') kind = (extended) => extended;
    else if (arg === '-i' || arg === '--ignore-case') flags = 'i';
    else if (/^(-l|--name-only|--files-with-matches)$/.test(arg)) isList = true;
    else if (arg === '-n' || arg === '--line-number') isNumbered = true;
    else if (arg === '-e') text = args[++at];
    else if (/^[-:]/.test(arg)) return unknown(arg);
    else rest.push(arg);
  }
  text ??= rest.shift();
  if (text === undefined || rest.some((pattern) => pattern.startsWith(':'))) return unknown(args.join(' '));
  const expression = new RegExp(kind(text), flags);
  const said = [];
  for (const file of filesOf(rest, facts)) {
    const content = facts.read(path.join(facts.root, file));
    // It was removed, or is no text.
    if (content === null || content.includes('\0')) continue;
    const lines = [...content.replace(/\n$/, '').split('\n').entries()].filter(([, line]) => expression.test(line));
    if (isList && lines.length > 0) said.push(shown(file, facts));
    else if (!isList) said.push(...lines.map(([at, line]) => [shown(file, facts), ...(isNumbered ? [at + 1] : []), line].join(':')));
  }
  return said.length > 0 ? { text: said.map((line) => `${line}\n`).join('') } : { text: '', code: 1 };
}

module.exports = { grep, lsFiles };
