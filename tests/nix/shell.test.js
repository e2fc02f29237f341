'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const library = path.resolve(__dirname, '../../nix');

function write(root, files) {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, content);
  }
}

/** A converted project with a workspace, and a tree for it. */
function setUp(t) {
  const root = fs.mkdtempSync(`${os.tmpdir()}/shell it's-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  const links = { links: { 'node_modules/w': 'packages/w' }, bins: [['node_modules/.bin/w', '../w/w.js']] };
  const tree = (name) => {
    write(`${root}/${name}`, {
      'links.json': JSON.stringify(links),
      'node_modules/a/index.js': name,
      'node_modules/@s/b/index.js': name,
      'packages/w/node_modules/c/index.js': name,
    });
    return `${root}/${name}`;
  };
  const project = `${root}/project`;
  write(project, { 'package.json': '{}', 'headwater.lock': '', 'packages/w/w.js': '' });
  const enter = (at, ...how) => {
    const args = [`${library}/shell.sh`, at, process.execPath, `${library}/js/shell.js`, ...how];
    const done = spawnSync('bash', args, { cwd: `${project}/packages`, encoding: 'utf8' });
    assert.strictEqual(done.stdout, `${fs.realpathSync(project)}\n`);
    assert.strictEqual(done.status, 0, done.stderr);
    return done.stderr;
  };
  const isLink = (at) => fs.lstatSync(`${project}/${at}`).isSymbolicLink();
  return { tree, project, enter, isLink };
}

const PACKAGES = ['node_modules/a', 'node_modules/@s/b', 'node_modules/w', 'packages/w/node_modules/c'];

test('packages become links, workspaces too, and their programs', (t) => {
  const { tree, project, enter, isLink } = setUp(t);
  assert.strictEqual(enter(tree('one')), '');
  assert.deepStrictEqual(PACKAGES.map(isLink), [true, true, true, true]);
  assert.strictEqual(fs.realpathSync(`${project}/node_modules/.bin/w`), fs.realpathSync(`${project}/packages/w/w.js`));
  assert.ok(fs.statSync(`${project}/packages/w/w.js`).mode & 0o100);
});

test('another tree is linked to instead', (t) => {
  const { tree, project, enter } = setUp(t);
  enter(tree('one'));
  assert.strictEqual(enter(tree('two')), '');
  assert.strictEqual(fs.readFileSync(`${project}/packages/w/node_modules/c/index.js`, 'utf8'), 'two');
});

test('a folder in place of a link is told of, each time, and stays', (t) => {
  const { tree, project, enter, isLink } = setUp(t);
  const one = tree('one');
  enter(one);
  for (const at of PACKAGES) fs.rmSync(`${project}/${at}`);
  write(project, { 'packages/w/node_modules/c/mine.js': '' });
  for (const at of [one, one, tree('two')]) {
    assert.match(enter(at), /^headwater: packages\/w\/node_modules\/c is a folder of its own .*\n$/);
  }
  assert.ok(fs.existsSync(`${project}/packages/w/node_modules/c/mine.js`));
  // What was only missing is linked again.
  assert.ok(isLink('node_modules/@s/b'));

  for (const at of PACKAGES.slice(0, 3)) {
    fs.rmSync(`${project}/${at}`);
    fs.mkdirSync(`${project}/${at}`);
  }
  assert.match(enter(one), /: node_modules\/@s\/b, node_modules\/a, packages\/w\/node_modules\/c and 1 more are folders/);
});

test('what npm installed makes way for a new tree, unless it was changed', (t) => {
  const { tree, project, enter, isLink } = setUp(t);
  const one = tree('one');
  enter(one);
  for (const at of ['node_modules/a', 'node_modules/@s/b']) fs.rmSync(`${project}/${at}`);
  const notes = JSON.stringify({ packages: { 'node_modules/a': {}, 'node_modules/@s/b': {} } });
  write(project, { 'node_modules/a/index.js': '', 'node_modules/@s/b/index.js': '', 'node_modules/.package-lock.json': notes });
  const written = fs.statSync(`${project}/node_modules/.package-lock.json`).ctimeMs;
  do write(project, { 'node_modules/@s/b/index.js': 'changed' });
  while (fs.statSync(`${project}/node_modules/@s/b/index.js`).ctimeMs <= written);

  assert.match(enter(one), /^headwater: node_modules\/@s\/b, node_modules\/a are folders.*\n$/);
  const said = enter(tree('two')).split('\n');
  assert.match(said[0], /node_modules\/a, from npm install, made way/);
  assert.match(said[1], /node_modules\/@s\/b is a folder/);
  assert.deepStrictEqual(['node_modules/a', 'node_modules/@s/b'].map(isLink), [true, false]);
});

test('a node_modules of other making stays as it is', (t) => {
  const { tree, project, enter } = setUp(t);
  write(project, { 'node_modules/a/index.js': 'mine' });
  assert.match(enter(tree('one')), /node_modules was not made by this shell/);
  assert.deepStrictEqual(fs.readdirSync(`${project}/node_modules`), ['a']);
});

const read = (file) => fs.readFileSync(file, 'utf8');
const inode = (file) => fs.statSync(file).ino;

test('a copy is real, can be written, and is made once', (t) => {
  const { tree, project, enter, isLink } = setUp(t);
  const one = tree('one');
  fs.mkdirSync(`${one}/node_modules/.bin`);
  fs.symlinkSync('../a/index.js', `${one}/node_modules/.bin/a`);
  for (const file of ['node_modules/a/index.js', 'packages/w/node_modules/c/index.js']) fs.chmodSync(`${one}/${file}`, 0o444);
  const said = enter(one, 'copy', 'vite keeps to it');
  assert.match(said, /^headwater: copying 3 packages into node_modules, as vite keeps to it \(\[shell\] modules = "link".*\n$/);
  // A workspace is still worked on where it is.
  assert.deepStrictEqual(PACKAGES.map(isLink), [false, false, true, false]);
  assert.strictEqual(fs.realpathSync(`${project}/node_modules/.bin/a`), fs.realpathSync(`${project}/node_modules/a/index.js`));

  const file = 'node_modules/a/index.js';
  assert.notStrictEqual(inode(`${project}/${file}`), inode(`${one}/${file}`));
  fs.writeFileSync(`${project}/${file}`, 'mine');
  assert.strictEqual(read(`${one}/${file}`), 'one');
  assert.strictEqual(enter(one, 'copy'), '');
  assert.strictEqual(read(`${project}/${file}`), 'mine');
  assert.deepStrictEqual(fs.readdirSync(`${project}/node_modules`).filter((name) => name.includes('new')), []);

  // What was removed comes again, and that alone.
  const before = inode(`${project}/${file}`);
  fs.rmSync(`${project}/node_modules/@s/b`, { recursive: true });
  assert.match(enter(one, 'copy'), /^headwater: copying 1 package into node_modules\n$/);
  assert.strictEqual(read(`${project}/node_modules/@s/b/index.js`), 'one');
  assert.strictEqual(inode(`${project}/${file}`), before);
});

test('the copy of another tree replaces it, with what the earlier one left', (t) => {
  const { tree, project, enter } = setUp(t);
  const one = tree('one');
  write(one, { 'node_modules/gone/index.js': '', 'node_modules/@gone/x/index.js': '', 'other/node_modules/d/index.js': '' });
  enter(one, 'copy');
  write(project, { 'node_modules/.cache/x': '', 'node_modules/mine/index.js': 'mine' });
  const listed = fs.statSync(`${project}/node_modules/.headwater-copies`).ctimeMs;
  do write(project, { 'node_modules/a/index.js': 'changed' });
  while (fs.statSync(`${project}/node_modules/a/index.js`).ctimeMs <= listed);

  const two = tree('two');
  write(two, { 'node_modules/mine/index.js': '' });
  const said = enter(two, 'copy').split('\n');
  assert.match(said[0], /^headwater: copying 4 packages/);
  assert.match(said[1], /^headwater: node_modules\/a, changed since the copy was made, made way/);
  assert.match(said[2], /^headwater: node_modules\/mine is a folder of its own/);
  assert.strictEqual(read(`${project}/node_modules/a/index.js`), 'two');
  assert.strictEqual(read(`${project}/packages/w/node_modules/c/index.js`), 'two');
  assert.strictEqual(read(`${project}/node_modules/mine/index.js`), 'mine');
  assert.ok(fs.existsSync(`${project}/node_modules/.cache/x`));
  for (const at of ['node_modules/gone', 'node_modules/@gone', 'other/node_modules']) assert.ok(!fs.existsSync(`${project}/${at}`), at);
});

test('links become a copy, and a copy links', (t) => {
  const { tree, project, enter, isLink } = setUp(t);
  const one = tree('one');
  enter(one);
  enter(one, 'copy');
  assert.deepStrictEqual(PACKAGES.map(isLink), [false, false, true, false]);
  assert.strictEqual(enter(one, 'link'), '');
  assert.deepStrictEqual(PACKAGES.map(isLink), [true, true, true, true]);
  assert.strictEqual(read(`${project}/node_modules/a/index.js`), 'one');
});

test('a copy that is cut short leaves what was there', (t) => {
  const { tree, project, enter } = setUp(t);
  enter(tree('one'), 'copy');
  const two = tree('two');
  fs.writeFileSync(`${project}/stop.js`, `require('fs').chmodSync = () => { throw new Error('cut short'); };\n`);
  const args = ['--require', `${project}/stop.js`, `${library}/js/shell.js`, two, project, 'copy'];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.match(done.stderr, /cut short/);
  assert.strictEqual(read(`${project}/node_modules/a/index.js`), 'one');
  enter(two, 'copy');
  assert.strictEqual(read(`${project}/node_modules/a/index.js`), 'two');
  assert.deepStrictEqual(fs.readdirSync(`${project}/node_modules`).filter((name) => name.includes('new')), []);
});

test('a node_modules of other making is not copied into', (t) => {
  const { tree, project, enter } = setUp(t);
  write(project, { 'node_modules/a/index.js': 'mine' });
  assert.match(enter(tree('one'), 'copy'), /was not made by this shell/);
  assert.deepStrictEqual(fs.readdirSync(`${project}/node_modules`), ['a']);
});
