'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const carry = require('../../nix/js/carry.js');

function write(root, files) {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, content);
  }
}

/** A project as it is after its build, beside the trees it was laid out from. */
function setUp(t, build) {
  const root = fs.mkdtempSync(`${os.tmpdir()}/carry it's-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  const production = {
    'node_modules/a/package.json': '{"name":"a","version":"1.0.0"}',
    'node_modules/a/old.js': 'old',
    'node_modules/a/lib/index.js': 'index',
    'node_modules/a/node_modules/inner/index.js': 'inner',
    'node_modules/@s/b/index.js': 'b',
    'packages/w/node_modules/c/index.js': 'c',
  };
  const development = { ...production, 'node_modules/tool/index.js': 'tool' };
  const at = (name) => `${root}/${name}`;
  for (const name of ['production', 'dest']) write(at(name), production);
  for (const name of ['tree', 'project']) write(at(name), development);
  fs.symlinkSync('../packages/w', at('project/node_modules/w'));
  process.env.NIX_BUILD_TOP = root;
  carry.stamp();
  build(at('project'));
  const folders = { project: at('project'), tree: at('tree'), production: at('production'), dest: at('dest') };
  const found = carry.carry({ ...folders, parts: ['', 'packages/w'] });
  const read = (file) => fs.readFileSync(`${at('dest')}/${file}`, 'utf8');
  return { found: found.map(({ kind, at }) => `${kind} ${at}`).sort(), raw: found, read, dest: at('dest') };
}

test('a build that writes nothing there changes nothing', (t) => {
  const { found } = setUp(t, (project) => {
    // Touched, and still the same.
    write(project, { 'node_modules/a/lib/index.js': 'index' });
    fs.utimesSync(`${project}/node_modules/a/old.js`, 0, 0);
  });
  assert.deepStrictEqual(found, []);
});

test('what is written, changed and removed is so in the result', (t) => {
  const { found, read, dest } = setUp(t, (project) => {
    write(project, {
      'node_modules/.client/deep/x.js': 'made',
      'node_modules/made/index.js': 'made',
      'node_modules/@s/made/index.js': 'made',
      'node_modules/a/lib/index.js': 'INDEX',
      'node_modules/a/node_modules/inner/index.js': 'other',
      'node_modules/a/new.js': 'new',
      'packages/w/node_modules/c/index.js': 'changed',
    });
    // Times can be set, this one cannot.
    fs.utimesSync(`${project}/node_modules/a/lib/index.js`, 1, 1);
    fs.rmSync(`${project}/node_modules/a/old.js`);
    fs.chmodSync(`${project}/node_modules/@s/b/index.js`, 0o755);
    fs.symlinkSync(`${project}/node_modules/a/new.js`, `${project}/node_modules/.client/link`);
  });
  assert.deepStrictEqual(found, [
    'added node_modules/.client',
    'added node_modules/@s/made',
    'added node_modules/a/new.js',
    'added node_modules/made',
    'changed node_modules/@s/b/index.js',
    'changed node_modules/a/lib/index.js',
    'changed node_modules/a/node_modules/inner/index.js',
    'changed packages/w/node_modules/c/index.js',
    'removed node_modules/a/old.js',
  ]);
  assert.strictEqual(read('node_modules/a/lib/index.js'), 'INDEX');
  assert.strictEqual(read('node_modules/.client/deep/x.js'), 'made');
  assert.strictEqual(read('packages/w/node_modules/c/index.js'), 'changed');
  assert.ok(!fs.existsSync(`${dest}/node_modules/a/old.js`));
  assert.ok(fs.statSync(`${dest}/node_modules/@s/b/index.js`).mode & 0o100);
  assert.strictEqual(fs.readlinkSync(`${dest}/node_modules/.client/link`), '../a/new.js');
});

test('caches and what is only for development stay behind', (t) => {
  const { found } = setUp(t, (project) => {
    write(project, {
      'node_modules/.cache/x': '',
      'node_modules/.vite/x': '',
      'node_modules/tool/index.js': 'changed',
      'node_modules/tool/new.js': '',
      'packages/w/node_modules/.cache/x': '',
    });
    // A package that is gone altogether is put back, as npm does.
    fs.rmSync(`${project}/node_modules/@s/b`, { recursive: true });
  });
  assert.deepStrictEqual(found, []);
});

test('the report names packages, and folders of no package', () => {
  const known = { 'node_modules/a': { name: 'a', version: '1.0.0' }, 'node_modules/b/node_modules/@s/c': { name: '@s/c', version: '2.0.0' } };
  const found = [
    { kind: 'added', at: 'node_modules/.client' },
    { kind: 'changed', at: 'node_modules/a/lib/index.js' },
    { kind: 'removed', at: 'node_modules/a/old.js' },
    { kind: 'added', at: 'node_modules/b/node_modules/@s/c/new.js' },
  ];
  const report = carry.report(found, (location) => known[location] ?? null);
  assert.deepStrictEqual(report, {
    packages: {
      'node_modules/a': { name: 'a', version: '1.0.0', changed: ['lib/index.js'], added: [], removed: ['old.js'] },
      'node_modules/b/node_modules/@s/c': { name: '@s/c', version: '2.0.0', changed: [], added: ['new.js'], removed: [] },
    },
    folders: ['node_modules/.client'],
  });
  assert.deepStrictEqual(carry.lines(report), [
    'the build wrote into node_modules, and the result has it: node_modules/.client',
    'the build changed packages, which are not as they are pinned:',
    '  a@1.0.0: changed lib/index.js; removed old.js',
    '  @s/c@2.0.0: added new.js',
  ]);
  assert.deepStrictEqual(carry.lines(carry.report([], () => null)), []);
});

test('the package of a path', () => {
  for (const [at, location] of [
    ['node_modules/a/lib/x.js', 'node_modules/a'],
    ['node_modules/@s/b', 'node_modules/@s/b'],
    ['packages/w/node_modules/a/node_modules/@s/b/x', 'packages/w/node_modules/a/node_modules/@s/b'],
  ]) {
    assert.strictEqual(carry.packageOf(at), location);
  }
});
