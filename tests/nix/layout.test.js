'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const { failedSets, layOut } = require('../../nix/js/layout.js');

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

/** Every link and file below a folder, with what a link says and a file's mode. */
function found(folder, below = '') {
  return fs.readdirSync(`${folder}/${below}`, { withFileTypes: true }).flatMap((entry) => {
    const at = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return found(folder, at);
    return [entry.isSymbolicLink() ? `${at} -> ${fs.readlinkSync(`${folder}/${at}`)}` : at];
  });
}

test('a tree of pnpm is laid out with links inside it', async (t) => {
  const root = fs.mkdtempSync(`${os.tmpdir()}/layout it's-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  for (const name of ['tool', 'dep']) {
    fs.mkdirSync(`${root}/pack/${name}`, { recursive: true });
    fs.writeFileSync(`${root}/pack/${name}/run.js`, `#!/usr/bin/env node\nconsole.log('${name}');\n`, { mode: 0o644 });
  }
  const store = (name) => `node_modules/.pnpm/${name}@1.0.0/node_modules/${name}`;
  const locations = {
    [store('dep')]: { pack: 'pack', folder: 'dep' },
    'node_modules/.pnpm/node_modules/dep': { link: store('dep'), bin: { dep: 'run.js' } },
    'node_modules/.pnpm/tool@1.0.0/node_modules/dep': { link: store('dep'), bin: { dep: 'run.js' } },
    [store('tool')]: { pack: 'pack', folder: 'tool', bin: { tool: 'run.js' } },
    'node_modules/tool': { link: store('tool'), bin: { tool: 'run.js' } },
    'packages/a/node_modules/b': { link: 'packages/b', bin: { b: 'b.js' } },
    'packages/a/node_modules/tool': { link: store('tool'), bin: { tool: 'run.js' } },
  };
  const lay = (out, removed) => layOut(out, locations, {
    removed,
    production: false,
    interpreters: { node: '/store/bin/node' },
    sourceOf: (location, entry) => `${root}/${entry.pack}/${entry.folder}`,
  });
  const links = await lay(`${root}/out`, []);
  assert.deepStrictEqual(found(`${root}/out`).sort(), [
    'node_modules/.bin/tool -> ../.pnpm/tool@1.0.0/node_modules/tool/run.js',
    'node_modules/.pnpm/dep@1.0.0/node_modules/dep/run.js',
    'node_modules/.pnpm/node_modules/.bin/dep -> ../../dep@1.0.0/node_modules/dep/run.js',
    'node_modules/.pnpm/node_modules/dep -> ../dep@1.0.0/node_modules/dep',
    'node_modules/.pnpm/tool@1.0.0/node_modules/dep -> ../../dep@1.0.0/node_modules/dep',
    'node_modules/.pnpm/tool@1.0.0/node_modules/tool/node_modules/.bin/dep -> ../../../../../dep@1.0.0/node_modules/dep/run.js',
    'node_modules/.pnpm/tool@1.0.0/node_modules/tool/run.js',
    'node_modules/tool -> .pnpm/tool@1.0.0/node_modules/tool',
    'packages/a/node_modules/.bin/tool -> ../../../../node_modules/.pnpm/tool@1.0.0/node_modules/tool/run.js',
    'packages/a/node_modules/tool -> ../../../node_modules/.pnpm/tool@1.0.0/node_modules/tool',
  ]);
  assert.deepStrictEqual(links, {
    links: { 'packages/a/node_modules/b': 'packages/b' },
    bins: [['packages/a/node_modules/.bin/b', '../b/b.js']],
  });
  // Every link leads to something, and every program can run.
  for (const program of ['node_modules/.bin/tool', 'packages/a/node_modules/.bin/tool', 'node_modules/.pnpm/node_modules/.bin/dep']) {
    assert.ok(fs.statSync(`${root}/out/${program}`).mode & 0o111, program);
    assert.match(fs.readFileSync(`${root}/out/${program}`, 'utf8'), /^#!\/store\/bin\/node\n/);
  }

  // Without the package on which others depend, what leads to it goes too.
  await lay(`${root}/without`, [store('dep')]);
  assert.deepStrictEqual(found(`${root}/without`).filter((at) => at.includes('dep')), []);
});
