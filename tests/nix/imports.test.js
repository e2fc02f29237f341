'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { lacking, loaded } = require('../../nix/js/imports.js');

const cases = {
  'import statements': ["import a from 'a'\nimport 'b';import {c as d} from \"c\"\nexport * from './e.js'", ['a', 'b', 'c', './e.js']],
  'not expressions of import': ["const f = await import('f')\nimport.meta.x('y')", []],
  'require as a statement, and in declarations': ["require('a').config()\nconst {x, y: z} = require('b')\nmodule.exports = require('c')", ['a', 'b', 'c']],
  'what compilers write around it': ["var a = __importDefault(require('a'));const b = t_1.__importStar(require('b'))", ['a', 'b']],
  'nothing in braces': ["try { require('a') } catch {}\nfunction f() { return require('b') }\nif (q) { require('c') }", []],
  'nothing on a condition': ["const a = q ? require('a') : 0\nq && require('b')\nif (q) require('c')\nconst d = () => require('d')", []],
  'nothing in texts': ["const a = \"require('a')\"; const b = `${'}'} require('b')`\n// require('c')\n/* import 'd' */", []],
  'regular expressions are no texts': ["const r = /[/\"]'/g; const s = a / b / c\nconst u = require('u')", ['u']],
  'the first line': ["#!/usr/bin/env node 'x\nrequire('a')", ['a']],
  'nothing of what is not understood': ["const a = require('a'); const b = 'no end", []],
};
for (const [title, [text, names]] of Object.entries(cases)) {
  test(`what is loaded: ${title}`, () => assert.deepStrictEqual(loaded(text), names));
}

test('what is lacking is neither beside nor above', (t) => {
  const root = fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/imports-`));
  t.after(() => fs.rmSync(root, { recursive: true }));
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, text);
  };
  write('package.json', '{ "name": "@me/app" }');
  write('node_modules/there/package.json', '{}');
  write('node_modules/@s/there/package.json', '{}');
  write('lib/other.mjs', '');
  const all = ['there/x.js', '@s/there', '@me/app/x', 'node:fs', 'path', '#own', './other.mjs', '..', 'https://x/y', './gone', 'gone/x', '@s/gone'];
  write('lib/cli.mjs', all.map((name) => `import '${name}'`).join('\n'));
  assert.deepStrictEqual(lacking(`${root}/lib/cli.mjs`, root), ['./gone', 'gone/x', '@s/gone']);
  write('lib/cli', "#!/bin/sh\nimport 'gone'");
  assert.deepStrictEqual(lacking(`${root}/lib/cli`, root), []);
});
