'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const { execFileSync } = require('node:child_process');
const zlib = require('node:zlib');
const { createHash } = require('node:crypto');
const { digestOf, listing } = require('../../nix/js/listing.js');
const { differing, whyNot } = require('../../nix/js/rebuilt.js');
const { linkProject } = require('../../nix/js/links.js');
const { pack } = require('../../nix/js/rebuild-pack.js');
const { firstLine, restoreFolder, usualLines } = require('../../nix/js/restore.js');
const { Log } = require('../../nix/js/log.js');
const { readTools, removedOf, unpackTool } = require('../../nix/js/rebuild-tarballs.js');
const { filtered, inOrder, isMeant, patternsOfYaml } = require('../../nix/rebuild/workspaces.js');

function folder(t, files) {
  const root = fs.mkdtempSync(`${os.tmpdir()}/rebuild it's-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  return root;
}

test('a listing is sorted by bytes, and has a mode and a hash for each file', (t) => {
  const root = folder(t, { 'b.js': 'b', 'a/x.js': '#!x', 'ä.js': '' });
  const lines = [
    '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d 644 b.js',
    '5a3784c82a5013c24bda5efeaa47ac98664ef719c16cc513aa4b253ce942596c 755 a/x.js',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 644 ä.js',
  ];
  assert.deepStrictEqual(listing(root), lines);
  assert.strictEqual(digestOf(lines), '1e584a6595721a7801d71328d2339bf9d1b21d3df48a298b49a5589e56bab149');
});

test('files that differ are named', () => {
  const line = (hash, name, mode = '644') => `${hash.repeat(64)} ${mode} ${name}`;
  const before = [line('1', 'same'), line('2', 'changed'), line('3', 'gone'), line('4', 'mode')];
  const now = [line('1', 'same'), line('9', 'changed'), line('4', 'mode', '755'), line('5', 'more')];
  assert.deepStrictEqual(differing(before, now), ['changed', 'gone is missing', 'mode', 'more is new']);
});

test('first lines are as they were when they are packed', (t) => {
  const interpreters = { node: '/nix/store/n/bin/node', nodejs: '/nix/store/n/bin/node', bash: '/nix/store/b/bin/bash', sh: '/nix/store/b/bin/sh' };
  const patched = '#!/nix/store/n/bin/node\ncode\n';
  const files = [
    ['cli.js', patched, '#!/usr/local/bin/node\r\ncode\n'],
    // What a build made of it.
    ['copies/cli.js', patched, '#!/usr/local/bin/node\ncode\n'],
    ['cli.js.map', '{"sourcesContent":["#!/nix/store/n/bin/node\\ncode\\n"]}', '{"sourcesContent":["#!/usr/local/bin/node\\ncode\\n"]}'],
    ['tool.sh', '#!/nix/store/b/bin/bash\n', '#!/usr/bin/env bash\n'],
    ['sh.sh', '#!/nix/store/b/bin/sh', '#!/bin/sh'],
    // Nobody knows what these were.
    ['options.sh', '#!/nix/store/b/bin/bash -e\n', '#!/nix/store/b/bin/bash -e\n'],
    ['other.sh', '#!/nix/store/other/bin/x\n', '#!/nix/store/other/bin/x\n'],
    ['node_modules/a/cli.js', patched, patched],
    ['image', '#!/nix/store/b/bin/sh\n\xff\xfe', '#!/bin/sh\n\xff\xfe'],
  ];
  const root = folder(t, Object.fromEntries(files));
  fs.writeFileSync(`${root}/image`, files.at(-1)[1], 'latin1');
  const before = firstLine(Buffer.from('#!/usr/local/bin/node\r\ncode\n'));
  restoreFolder(root, new Map([[`${root}/cli.js`, { before, after: '#!/nix/store/n/bin/node' }]]), usualLines(interpreters));
  for (const [name, , expected] of files) assert.strictEqual(fs.readFileSync(`${root}/${name}`, 'latin1'), expected, name);
  assert.ok(fs.statSync(`${root}/cli.js`).mode & 0o100);
});

test('a tool that comes as a file is what a pack would have', (t) => {
  const source = folder(t, { 'package/cli.js': '#!x', 'package/index.js': 'x', 'package/lib/hard.js': 'x' });
  fs.chmodSync(`${source}/package/index.js`, 0o755);
  execFileSync('tar', ['-czf', 'tool.tgz', 'package'], { cwd: source });
  const modes = (details) => {
    fs.rmSync(`${source}/out`, { recursive: true, force: true });
    unpackTool(`${source}/tool.tgz`, `${source}/out`, 'tool', details);
    return listing(`${source}/out`).map((line) => line.slice(65)).sort();
  };
  assert.deepStrictEqual(modes(undefined), ['644 cli.js', '644 index.js', '644 lib/hard.js']);
  assert.deepStrictEqual(modes({ executable: ['cli.js'], dropped: ['lib/hard.js'] }), ['644 index.js', '755 cli.js']);
});

test('what a system has no file of is left out', () => {
  const tools = readTools('a-1.0.0\t/gnu/store/x-a-1.0.0.tgz\n');
  assert.deepStrictEqual([...tools], [['a-1.0.0', '/gnu/store/x-a-1.0.0.tgz']]);
  const locations = { 'node_modules/a': { folder: 'a-1.0.0' }, 'node_modules/b': { folder: 'b-1.0.0' }, 'node_modules/c': { link: 'c' } };
  assert.deepStrictEqual(removedOf(locations, tools), ['node_modules/b']);
});

test('a long log keeps its start and its end', () => {
  const log = new Log();
  log.add('the start\n');
  for (let at = 0; at < 200; at++) log.add(`${at} ${'x'.repeat(100_000)}\n`);
  log.add('the end\n');
  const text = log.text();
  assert.ok(text.startsWith('the start\n0 x') && text.endsWith('x\nthe end\n'));
  assert.match(text, /\n\[\d+ characters are left out\]\n/);
  assert.ok(text.length < (4 << 20) + 100);
  const short = new Log();
  short.add('all');
  assert.strictEqual(short.text(), 'all');
});

test('the npm that is given packs; an early one packs into its own folder', (t) => {
  const npm = `
    const fs = require('node:fs');
    const to = process.argv.find((one) => one.startsWith('--pack-destination=')).split('=')[1];
    if (!fs.existsSync('lib')) throw new Error('there is no lib');
    fs.writeFileSync(\`\${to}/a-1.0.0.tgz\`, fs.readFileSync('package.json'));
    console.log(JSON.stringify([{ files: [{ path: 'package.json' }] }]));
  `;
  const root = folder(t, { 'npm/cli.js': npm, 'package/package.json': 'the manifest', 'package/lib/a.js': '' });
  const early = "require('node:fs').writeFileSync('a-1.0.0.tgz', `of ${process.argv[3]}`); console.log('[{ \"files\": [] }]')";
  fs.writeFileSync(`${root}/early.js`, early);
  let said = '';
  const packed = (directory, earlyNpm = null) => pack({ recipe: { packer: 'npm', directory } }, { folder: `${root}/${directory}`, npm: `${root}/npm/cli.js`, earlyNpm, pnpm: null, work: root, say: (text) => (said += text) });
  assert.strictEqual(fs.readFileSync(packed('package'), 'utf8'), 'the manifest');
  assert.strictEqual(fs.readFileSync(packed('package', `${root}/early.js`), 'utf8'), `of ${root}/package`);
  assert.strictEqual(packed('npm'), null);
  assert.match(said, /npm could not pack it:\n[^]*there is no lib/);
});

test('a link of a commit that is built may lead nowhere', (t) => {
  const root = folder(t, { 'node_modules/.keep': '', 'packages/a/index.js': '' });
  const links = { links: { 'node_modules/a': 'packages/a', 'node_modules/types': 'nope' }, bins: [] };
  assert.throws(() => linkProject({ ...links, links: { 'node_modules/b': 'nope' } }, root), /node_modules\/b is a link to nope, which/);
  linkProject(links, root, { mayDangle: true });
  assert.deepStrictEqual(fs.readdirSync(`${root}/node_modules/a`), ['index.js']);
  assert.strictEqual(fs.readlinkSync(`${root}/node_modules/types`), '../nope');
});

test('the list of pnpm-workspace.yaml is read', () => {
  const text = "packages:\n  # these\n  - 'packages/*'\n  - \"!**/test/**\"\n  - docs # and this\ncatalog:\n  - not\nonlyBuiltDependencies:\n  - esbuild\n";
  assert.deepStrictEqual(patternsOfYaml(text), ['packages/*', '!**/test/**', 'docs']);
  assert.deepStrictEqual(patternsOfYaml('packages:\n- a/*\n- b\n'), ['a/*', 'b']);
});

for (const [pattern, meant, expected] of [
  ['packages/*', 'packages/a', true],
  ['packages/*', 'packages/a/b', false],
  ['packages/**', 'packages/a/b', true],
  ['./packages/*/', 'packages/a', true],
  ['**/test/**', 'x/test/y', true],
  ['docs', 'docs', true],
  ['docs', 'docs2', false],
  ['a.b', 'axb', false],
]) {
  test(`${pattern} ${expected ? 'means' : 'does not mean'} ${meant}`, () => assert.strictEqual(isMeant(pattern, meant), expected));
}

test('workspaces that need each other are still put in an order', () => {
  const one = (name, needs) => ({ folder: name, name, scripts: {}, needs });
  const circle = [one('a', ['b']), one('b', ['c', 'outside']), one('c', ['a']), one('d', [])];
  assert.deepStrictEqual(inOrder(circle).map(({ name }) => name), ['c', 'b', 'a', 'd']);
  assert.deepStrictEqual(filtered(circle, ['!d', '!a']).map(({ name }) => name), ['c', 'b']);
});

test('an outcome is compared by its class', (t) => {
  const tarball = zlib.gzipSync('tar');
  const root = folder(t, { 'whole/package/a.js': 'a', 'none/log': '' });
  fs.writeFileSync(`${root}/whole/package.tgz`, tarball);
  const hash = (algorithm, content, form) => createHash(algorithm).update(content).digest(form);
  const lines = listing(`${root}/whole/package`);
  const before = [`${'0'.repeat(64)} 644 a.js`, `${'0'.repeat(64)} 644 b.js`];
  const integrity = `sha512-${hash('sha512', tarball, 'base64')}`;
  for (const [expected, why] of [
    [{ class: 'integrity', integrity }, null],
    [{ class: 'integrity', integrity: 'sha512-AA==' }, 'its archive has another integrity: a.js, b.js is missing'],
    // Compressed otherwise.
    [{ class: 'integrity', integrity: 'sha512-AA==', tar: hash('sha256', 'tar', 'hex') }, null],
    [{ class: 'integrity', integrity: 'sha512-AA==', tar: '00' }, 'its archive has another integrity: a.js, b.js is missing'],
    [{ class: 'tar', tar: hash('sha256', 'tar', 'hex') }, null],
    [{ class: 'tar', tar: '00' }, 'the tar in its archive is another: a.js, b.js is missing'],
    [{ class: 'files', digest: digestOf(lines) }, null],
    [{ class: 'equivalent', digest: digestOf(lines) }, null],
    [{ class: 'files', digest: '00' }, 'its files are others: a.js, b.js is missing'],
  ]) {
    assert.strictEqual(whyNot(`${root}/whole`, expected, before), why, JSON.stringify(expected));
    assert.match(whyNot(`${root}/none`, expected, before), /cannot be packed/);
  }
  assert.strictEqual(whyNot(`${root}/whole`, { class: 'files', digest: '00' }, null), 'its files are others');
  for (const nothing of [{ class: 'files' }, { class: 'integrity', digest: '00' }, { class: 'better', digest: '00' }]) {
    assert.throws(() => whyNot(`${root}/whole`, nothing, null), /nothing to compare with/);
  }
});
