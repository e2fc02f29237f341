'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { patchContent, patchLine } = require('../../nix/js/shebang.js');

const to = { node: '/s/node', bash: '/s/bash', sh: '/s/sh', env: '/s/env' };

for (const [line, expected] of [
  ['#!/usr/bin/env node', '#!/s/node'],
  ['#! /usr/bin/env  node', '#!/s/node'],
  ['#!/usr/local/bin/node --harmony', '#!/s/node --harmony'],
  ['#!/bin/sh', '#!/s/sh'],
  ['#!/bin/sh -e', '#!/s/sh -e'],
  ['#!/usr/bin/env -S node --no-warnings', '#!/s/node --no-warnings'],
  ['#!/usr/bin/env -Snode --no-warnings', '#!/s/node --no-warnings'],
  ['#!/usr/bin/env -S NODE_ENV=production node --x', '#!/s/env -S NODE_ENV=production /s/node --x'],
  ['#!/usr/bin/env NODE_OPTIONS=--x node', '#!/s/env -S NODE_OPTIONS=--x /s/node'],
  ['#!/usr/bin/env -S -u NAME node', '#!/s/env -S -u NAME /s/node'],
  ['#!/usr/bin/env deno', null],
  ['#!/usr/bin/perl', null],
  ['#!/usr/bin/env', null],
  ['#!', null],
  ['#!/nix/store/x-bash/bin/bash', null],
]) {
  test(`${line} becomes ${expected}`, () => assert.strictEqual(patchLine(line, to), expected));
}

test('only the first line of a file changes', () => {
  const patched = patchContent(Buffer.from('#!/usr/bin/env node\n#!/bin/sh\n\xff', 'latin1'), to, false);
  assert.strictEqual(patched.toString('latin1'), '#!/s/node\n#!/bin/sh\n\xff');
});

test('a file without an end of line is patched', () => {
  assert.strictEqual(patchContent(Buffer.from('#!/bin/sh'), to, false).toString(), '#!/s/sh');
});

test('a file that is not a script stays', () => {
  assert.strictEqual(patchContent(Buffer.from('console.log(1)'), to, true), null);
});

test('the CRLF of a first line goes, the others stay', () => {
  const patched = patchContent(Buffer.from('#!/usr/bin/env node\r\nx\r\n'), to, true);
  assert.strictEqual(patched.toString(), '#!/s/node\nx\r\n');
  // Also where the interpreter is not one of ours, in a package's bin.
  const other = patchContent(Buffer.from('#!/usr/bin/perl\r\nx'), to, true);
  assert.strictEqual(other.toString(), '#!/usr/bin/perl\nx');
  assert.strictEqual(patchContent(Buffer.from('#!/usr/bin/perl\r\nx'), to, false), null);
});
