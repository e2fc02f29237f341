'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const { failedSets } = require('../../nix/js/layout.js');

/** What is built at two locations: each with its package and, where there is one, what says that it could not be. */
function setUp(t, failed) {
  const root = fs.mkdtempSync(`${os.tmpdir()}/layout it's-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  t.mock.method(console, 'error', () => {});
  for (const name of ['a', 'b']) fs.mkdirSync(`${root}/${name}/package`, { recursive: true });
  const built = {
    'node_modules/a': { path: `${root}/a/package`, failed: `${root}/a/failed`, without: ['node_modules/only-for-a'] },
    'node_modules/b': { path: `${root}/b/package`, failed: null, without: [] },
  };
  for (const name of failed) fs.writeFileSync(`${root}/${name}`, 'the network\n');
  return failedSets(built);
}

test('an optional package that failed goes with what only it needs', (t) => {
  assert.deepEqual(setUp(t, ['a/failed']), ['node_modules/a', 'node_modules/only-for-a']);
});

test('what is built stays, whatever lies in its own folder', (t) => {
  assert.deepEqual(setUp(t, []), []);
  assert.deepEqual(setUp(t, ['a/package/failed', 'a/package/.headwater-failed']), []);
});

test('a package that must be there is never left out', (t) => {
  assert.deepEqual(setUp(t, ['b/failed']), []);
});
