'use strict';
const test = require('node:test');
const assert = require('node:assert');
const plan = require('../../nix/js/plan.js');

const keepAll = (locations) => plan.keep(locations, { removed: new Set(), production: false });
const names = (kept) => kept.map(([location]) => location);

test('a removed location takes what lies in it', () => {
  const locations = {
    'node_modules/a': {},
    'node_modules/a/node_modules/b': {},
    'node_modules/ab': {},
  };
  const kept = plan.keep(locations, { removed: new Set(['node_modules/a']), production: false });
  assert.deepStrictEqual(names(kept), ['node_modules/ab']);
});

test('a link to what is removed goes with it', () => {
  const locations = {
    'node_modules/.pnpm/a@1/node_modules/a': {},
    'node_modules/.pnpm/a@1/node_modules/b': { link: 'node_modules/.pnpm/b@1/node_modules/b' },
    'node_modules/.pnpm/b@1/node_modules/b': {},
    'node_modules/b': { link: 'node_modules/.pnpm/b@1/node_modules/b' },
    'node_modules/w': { link: 'packages/w' },
  };
  const kept = plan.keep(locations, { removed: new Set(['node_modules/.pnpm/b@1/node_modules/b']), production: false });
  assert.deepStrictEqual(names(kept), ['node_modules/.pnpm/a@1/node_modules/a', 'node_modules/w']);
});

test('production leaves out what is for development', () => {
  const locations = { 'node_modules/a': { dev: true }, 'node_modules/b': {} };
  assert.deepStrictEqual(names(plan.keep(locations, { removed: new Set(), production: true })), ['node_modules/b']);
  assert.strictEqual(keepAll(locations).length, 2);
});

test('locations that leave the project are refused', () => {
  for (const location of ['../x/node_modules/a', '/node_modules/a', 'node_modules/../../a', 'node_modules//a', '']) {
    assert.throws(() => keepAll({ [location]: {} }), /not a folder inside the project/);
  }
});

test('the first of two programs of one name wins', () => {
  const claims = plan.claimBins(
    keepAll({
      'node_modules/b': { bin: { run: 'b.js' } },
      'node_modules/@a/a': { bin: { run: './a.js', 'sub/other': 'x.js' } },
      'node_modules/b/node_modules/c': { bin: { run: 'c.js' } },
    }),
  );
  assert.deepStrictEqual(Object.fromEntries(claims), {
    'node_modules/.bin/other': { location: 'node_modules/@a/a', target: 'x.js', linked: false },
    'node_modules/.bin/run': { location: 'node_modules/@a/a', target: 'a.js', linked: false },
    'node_modules/b/node_modules/.bin/run': { location: 'node_modules/b/node_modules/c', target: 'c.js', linked: false },
  });
});

test('a program cannot climb out of its package', () => {
  const claims = plan.claimBins(keepAll({ 'node_modules/a': { bin: { run: '../../../etc/x', '..': 'y', z: '..' } } }));
  assert.deepStrictEqual([...claims.values()].map((claim) => claim.target), ['etc/x']);
});

test('links are relative to their own folder', () => {
  assert.strictEqual(plan.relativeLink('node_modules/.bin/x', 'node_modules/@a/a/x.js'), '../@a/a/x.js');
});

test('nested locations are copied by themselves, bundled ones with their bundler', () => {
  const locations = {
    'node_modules/a': {},
    'node_modules/a/node_modules/bundled': { bundled: true, bin: { tool: 'tool.js' } },
    'node_modules/a/node_modules/own': {},
    'node_modules/w': { link: 'packages/w', bin: { w: 'w.js' } },
    'packages/w/node_modules/b': {},
  };
  const kept = keepAll(locations);
  const tasks = plan.copyTasks(kept, locations, plan.claimBins(kept), (location) => `/from/${location}`);
  assert.deepStrictEqual(tasks, [
    { location: 'node_modules/a', source: '/from/node_modules/a', skip: ['node_modules/own'], bins: ['node_modules/bundled/tool.js'] },
    { location: 'node_modules/a/node_modules/own', source: '/from/node_modules/a/node_modules/own', skip: [], bins: [] },
    { location: 'packages/w/node_modules/b', source: '/from/packages/w/node_modules/b', skip: [], bins: [] },
  ]);
});

test('what lies in the folder of a package comes with it', () => {
  const locations = {
    'node_modules/sub': { link: 'node_modules/@s/tool/lib/sub', bin: { sub: 'sub.js' } },
    'node_modules/@s/tool': {},
    'node_modules/@s/tool/lib/sub': { bundled: true },
    'node_modules/@s/tool/lib/sub/node_modules/deep': {},
  };
  const deep = 'node_modules/@s/tool/lib/sub/node_modules/deep';
  assert.deepStrictEqual(plan.ancestors(deep), ['node_modules/@s/tool/lib/sub', 'node_modules/@s/tool']);
  assert.ok(plan.isInTree('node_modules/@s/tool/lib/sub') && plan.isInTree('packages/a/node_modules/x'));
  assert.ok(!plan.isInTree('packages/a'));
  const kept = keepAll(locations);
  const claims = plan.claimBins(kept);
  assert.deepStrictEqual(Object.fromEntries(claims), {
    'node_modules/.bin/sub': { location: 'node_modules/@s/tool/lib/sub', target: 'sub.js', linked: false },
  });
  const tasks = plan.copyTasks(kept, locations, claims, (location) => `/from/${location}`);
  assert.deepStrictEqual(tasks, [
    { location: 'node_modules/@s/tool', source: '/from/node_modules/@s/tool', skip: ['lib/sub/node_modules/deep'], bins: ['lib/sub/sub.js'] },
    { location: deep, source: `/from/${deep}`, skip: [], bins: [] },
  ]);
});

/** What pnpm lays out: packages in a store, links to them, and a member with links of its own. */
const STORE = {
  'node_modules/.pnpm/@s+dep@1.0.0/node_modules/@s/dep': { bin: { dep: 'dep.js' } },
  'node_modules/.pnpm/node_modules/@s/dep': { link: 'node_modules/.pnpm/@s+dep@1.0.0/node_modules/@s/dep', bin: { dep: 'dep.js' } },
  'node_modules/.pnpm/node_modules/w': { link: 'packages/w' },
  'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules/@s/dep': { link: 'node_modules/.pnpm/@s+dep@1.0.0/node_modules/@s/dep', bin: { dep: 'dep.js' } },
  'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules/tool': { bin: { run: 'bin/run.js' } },
  'node_modules/alias': { link: 'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules/tool', bin: { run: 'bin/run.js' } },
  'packages/a/node_modules/tool': { link: 'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules/tool', bin: { run: 'bin/run.js' } },
  'packages/a/node_modules/w': { link: 'packages/w', bin: { w: 'w.js' } },
};

test('programs of a store are where they are used', () => {
  const dep = 'node_modules/.pnpm/@s+dep@1.0.0/node_modules/@s/dep';
  const tool = 'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules/tool';
  const kept = keepAll(STORE);
  assert.deepStrictEqual(Object.fromEntries(plan.storePackages(kept)), {
    'node_modules/.pnpm/@s+dep@1.0.0/node_modules': dep,
    'node_modules/.pnpm/tool@2.0.0_x@1.0.0/node_modules': tool,
  });
  const claims = plan.claimBins(kept);
  assert.deepStrictEqual(Object.fromEntries(claims), {
    'node_modules/.bin/run': { location: tool, target: 'bin/run.js', linked: false },
    'node_modules/.pnpm/node_modules/.bin/dep': { location: dep, target: 'dep.js', linked: false },
    [`${tool}/node_modules/.bin/dep`]: { location: dep, target: 'dep.js', linked: false },
    'packages/a/node_modules/.bin/run': { location: tool, target: 'bin/run.js', linked: false },
    'packages/a/node_modules/.bin/w': { location: 'packages/a/node_modules/w', target: 'w.js', linked: true },
  });
  const tasks = plan.copyTasks(kept, STORE, claims, (location) => `/from/${location}`);
  assert.deepStrictEqual(tasks.map(({ location, skip, bins }) => [location, skip, [...new Set(bins)]]), [
    [dep, [], ['dep.js']],
    [tool, [], ['bin/run.js']],
  ]);
});

test('every function has a test', () => {
  const { readFileSync } = require('node:fs');
  for (const [file, functions] of [['plan', plan], ['shebang', require('../../nix/js/shebang.js')]]) {
    const text = readFileSync(`${__dirname}/${file}.test.js`, 'utf8');
    for (const name of Object.keys(functions)) {
      if (typeof functions[name] !== 'function') continue;
      // Those that only help the others are seen through them.
      if (['ancestors', 'checkInside', 'modulesOf'].includes(name)) continue;
      assert.ok(text.includes(`${name}(`), `${file}.${name} has no test`);
    }
  }
});
