// SPDX-License-Identifier: MIT OR Apache-2.0
// What a JavaScript file cannot start without: the modules that it loads, whatever happens, when it is run.
//
// Only what stands at the top level and outside of any condition counts; a file that is not understood is said to load
// nothing, so that nobody takes it for broken.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { isBuiltin } = require('node:module');

/** Larger files are bundles, which bring what they load. */
const LARGEST = 2 << 20;

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\d[\w.]*/y;
const STRING = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const REGEX = /\/(?:[^\\/\n[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/\w*/y;
/** After these words a slash begins a regular expression. */
const BEFORE_REGEX = new Set(['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'throw', 'new', 'else', 'do', 'await', 'yield']);

/**
 * The tokens that stand in no braces: words, strings and signs, each with what
 * was before it on its line.
 *
 * @returns {{ kind: string, text: string, newline: boolean }[] | null} null where the text is not understood
 */
function tokens(text) {
  const found = [];
  let depth = 0;
  let newline = true;
  let last = null;
  let at = text.startsWith('#!') ? text.indexOf('\n') : 0;
  if (at < 0) return found;
  const match = (pattern) => {
    pattern.lastIndex = at;
    const hit = pattern.exec(text);
    if (hit) at = pattern.lastIndex;
    return hit?.[0];
  };
  const add = (kind, value) => {
    last = { kind, text: value, newline };
    if (depth === 0) found.push(last);
    newline = false;
  };
  while (at < text.length) {
    const c = text[at];
    if (c === '\n') newline = true;
    if (/\s/.test(c) || c === '\ufeff') {
      at++;
      continue;
    }
    if (c === '/') {
      const comment = match(COMMENT);
      if (comment) {
        if (comment.includes('\n')) newline = true;
        continue;
      }
      const operand = last && (last.kind === 'string' || last.kind === 'number' || ')]}'.includes(last.text) || (last.kind === 'word' && !BEFORE_REGEX.has(last.text)));
      if (!operand) {
        if (!match(REGEX)) return null;
        add('string', '');
        continue;
      }
    }
    if (c === '`') {
      const end = template(text, at);
      if (end < 0) return null;
      at = end;
      add('template', '');
      continue;
    }
    if (c === '"' || c === "'") {
      const string = match(STRING);
      if (!string) return null;
      add('string', string.slice(1, -1));
      continue;
    }
    const word = match(WORD);
    if (word) {
      add('word', word);
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      add('number', number);
      continue;
    }
    at++;
    if (c === '}') depth--;
    if (depth < 0) return null;
    add('sign', c);
    if (c === '{') depth++;
  }
  return depth === 0 ? found : null;
}

/** Where a template string ends: what is in its braces may hold others. -1 where it does not. */
function template(text, start) {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === '\\') at += 2;
    else if (text[at] === '`') return at + 1;
    else if (text.startsWith('${', at)) {
      at = closed(text, at + 2);
      if (at < 0) return -1;
    } else at++;
  }
  return -1;
}

function closed(text, start) {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    const c = text[at];
    if (c === '`') {
      at = template(text, at) - 1;
      if (at < 0) return -1;
    } else if (c === '"' || c === "'") {
      STRING.lastIndex = at;
      if (!STRING.test(text)) return -1;
      at = STRING.lastIndex - 1;
    } else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return at + 1;
  }
  return -1;
}

/** The names that a file loads at once: of `import`, `export ... from` and `require` as statements. */
function loaded(text) {
  const list = tokens(text);
  if (!list) return [];
  const names = [];
  let begin = 0;
  for (let at = 0; at < list.length; at++) {
    const token = list[at];
    if (token.text === ';' && token.kind === 'sign') begin = at + 1;
    // Without semicolons a statement begins on a new line, with a word after what can end one.
    else if (token.newline && token.kind === 'word' && at > 0 && ends(list[at - 1])) begin = at;
    if (token.kind !== 'string' || at === 0) continue;
    const before = list[at - 1];
    const head = list[begin];
    if (head?.kind === 'word' && (head.text === 'import' || head.text === 'export')) {
      const isBare = at === begin + 1 && head.text === 'import';
      if (isBare || (before.kind === 'word' && before.text === 'from' && !isCall(list, begin))) names.push(token.text);
    } else if (isRequired(list, begin, at)) names.push(token.text);
  }
  return names;
}

const ends = (token) => token.kind !== 'sign' || ')]}'.includes(token.text);

/** `import(...)` and `import.meta` are expressions. */
const isCall = (list, begin) => ['(', '.'].includes(list[begin + 1]?.text);

/**
 * `require('x')` alone, or as what a declaration or an assignment begins with; around it may be one call, as compilers
 * write it: `__importDefault(require('x'))`.
 */
function isRequired(list, begin, at) {
  if (list[at - 1].text !== '(' || list[at - 2]?.text !== 'require' || list[at - 2].kind !== 'word' || list[at + 1]?.text !== ')') return false;
  let first = at - 2;
  if (list[first - 1]?.text === '(') {
    first -= 2;
    while (list[first]?.kind === 'word' && list[first - 1]?.text === '.') first -= 2;
    if (first < begin || list[first]?.kind !== 'word' || ['if', 'while', 'for', 'switch', 'catch', 'function'].includes(list[first].text)) return false;
  }
  if (first === begin) return true;
  if (list[first - 1].text !== '=' || ['=', '!', '<', '>', '?', '|', '&'].includes(list[first - 2]?.text)) return false;
  const names = list.slice(begin, first - 1);
  return names.every((token) => token.kind === 'word' || ['{', '}', '.', ',', '[', ']'].includes(token.text) || token.kind === 'string');
}

/**
 * What an installed file loads at once and cannot find.
 *
 * @param {string} file an absolute path
 * @param {string} root the folder of the installed project, above which nothing is looked for
 */
function lacking(file, root) {
  if (!isScript(file) || fs.statSync(file).size > LARGEST) return [];
  return loaded(fs.readFileSync(file, 'utf8')).filter((name) => !isFound(name, file, root));
}

function isScript(file) {
  if (/\.[cm]?js$/.test(file)) return true;
  return path.extname(file) === '' && /^#!.*\bnode\b/.test(fs.readFileSync(file, 'latin1').split('\n', 1)[0]);
}

function isFound(name, file, root) {
  if (isBuiltin(name) || name.startsWith('#') || /^[a-z][a-z0-9+.-]+:/i.test(name)) return true;
  const folder = path.dirname(fs.realpathSync(file));
  if (/^\.{0,2}\//.test(name) || name === '.' || name === '..') return isModule(path.resolve(folder, name));
  const own = name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(`${at}/node_modules/${own}`)) return true;
    if (ownName(at) === own) return true;
    if (at === root || at === path.dirname(at)) return false;
  }
}

/** A package may load itself by its name. */
function ownName(folder) {
  try {
    return JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8')).name;
  } catch {
    return undefined;
  }
}

/** Whether `require` would find a file by this path, or `import` the file itself. */
function isModule(at) {
  return ['', '.js', '.json', '.node', '.cjs', '.mjs', '.ts'].some((end) => fs.existsSync(at + end));
}

module.exports = { isModule, lacking, loaded };
