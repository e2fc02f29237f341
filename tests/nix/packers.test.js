// What lerna and yarn do to a package before it is packed.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { manifestOf, prepareAsLerna } = require('../../nix/js/rebuild-lerna.js');
const { pack } = require('../../nix/js/rebuild-pack.js');
const { readWorkspaces } = require('../../nix/rebuild/workspaces.js');

const COMMIT = 'b3b4a09ed3005369dacc7466d1d2122797283785';
const runtime = path.join(__dirname, '../../nix/rebuild');

function folder(t, files) {
  const root = fs.mkdtempSync(`${os.tmpdir()}/packers-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(`${root}/${name}`), { recursive: true });
    fs.writeFileSync(`${root}/${name}`, typeof text === 'string' ? text : `${JSON.stringify(text, null, 2)}\n`);
  }
  return root;
}

test('the manifest that lerna publishes', () => {
  const versions = new Map([['b', '2.0.0'], ['c', '3.1.0']]);
  const of = (manifest, isLite = false) => JSON.parse(manifestOf(JSON.stringify(manifest), { commit: COMMIT, versions, isLite }));
  for (const [range, expected] of [
    ['workspace:*', '2.0.0'],
    ['workspace:^', '^2.0.0'],
    ['workspace:~', '~2.0.0'],
    ['workspace:^1.5.0', '^1.5.0'],
    ['workspace:2.0.0', '2.0.0'],
    ['file:../b', '^2.0.0'],
    ['link:../b', '^2.0.0'],
    ['^1.0.0', '^1.0.0'],
  ]) {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
      assert.deepStrictEqual(of({ [kind]: { b: range } }), { [kind]: { b: expected }, gitHead: COMMIT }, `${kind} ${range}`);
    }
  }
  // Of no workspace.
  assert.deepStrictEqual(of({ dependencies: { x: 'file:../x' } }).dependencies, { x: 'file:../x' });
  // The one of an earlier release, where it stands.
  assert.deepStrictEqual(Object.entries(of({ gitHead: 'old', name: 'a' })), [['gitHead', COMMIT], ['name', 'a']]);
});

test('package.json is written as lerna writes it', () => {
  const text = '{\n\t"name": "a",\n\t"dependencies": {"z": "1", "B": "1", "b": "workspace:^"},\n\t"devDependencies": {},\n\t"peerDependencies": {"p": "1"}\n}';
  const expected = {
    name: 'a',
    dependencies: { B: '1', b: '^2.0.0', z: '1' },
    peerDependencies: { p: '1' },
    gitHead: COMMIT,
  };
  const found = manifestOf(text, { commit: COMMIT, versions: new Map([['b', '2.0.0']]), isLite: false });
  assert.strictEqual(found, `${JSON.stringify(expected, null, '\t')}\n`);
});

test('lerna-lite moves what is to be another once published', () => {
  const manifest = { name: 'a', main: 'src/index.ts', publishConfig: { access: 'public', main: 'dist/index.js', exports: './x.js' } };
  const of = (publishConfig, isLite) => JSON.parse(manifestOf(JSON.stringify({ ...manifest, publishConfig }), { commit: COMMIT, versions: new Map(), isLite }));
  const { publishConfig } = manifest;
  assert.deepStrictEqual(of(publishConfig, true), { name: 'a', main: 'dist/index.js', publishConfig: { access: 'public' }, exports: './x.js', gitHead: COMMIT });
  assert.deepStrictEqual(of({ main: 'm.js' }, true), { name: 'a', main: 'm.js', gitHead: COMMIT });
  assert.deepStrictEqual(of(publishConfig, false), { ...manifest, gitHead: COMMIT });
});

test("the root's licence is for packages that have none", (t) => {
  const files = { 'package.json': {}, License: 'of the root', 'a/package.json': {}, 'b/package.json': {}, 'b/LICENCE.md': 'its own', 'a/dist/package.json': {} };
  const root = folder(t, files);
  const prepared = (directory, packed) => prepareAsLerna(root, `${root}/${directory}`, `${root}/${packed}`, { commit: COMMIT, workspaces: [] });
  prepared('a', 'a/dist');
  prepared('b', 'b');
  assert.deepStrictEqual(fs.readdirSync(`${root}/a`), ['dist', 'package.json']);
  assert.strictEqual(fs.readFileSync(`${root}/a/dist/License`, 'utf8'), 'of the root');
  assert.deepStrictEqual(fs.readdirSync(`${root}/b`), ['LICENCE.md', 'package.json']);
  // None at all.
  fs.rmSync(`${root}/License`);
  fs.symlinkSync('nowhere', `${root}/LICENSE`);
  prepared('a', 'a');
  assert.deepStrictEqual(fs.readdirSync(`${root}/a`), ['dist', 'package.json']);
});

test('packages of lerna.json are workspaces', (t) => {
  const lerna = '{\n  // All of them.\n  "packages": ["packages/*", "!packages/c"],\n  "version": "independent"\n}';
  const packages = Object.fromEntries(['a', 'b', 'c'].map((name) => [`packages/${name}/package.json`, { name, version: '1.0.0' }]));
  const names = (files) => readWorkspaces(folder(t, { ...packages, ...files })).map(({ name, version }) => `${name}@${version}`);
  assert.deepStrictEqual(names({ 'package.json': {}, 'lerna.json': lerna }), ['a@1.0.0', 'b@1.0.0']);
  // What the package manager says comes first.
  assert.deepStrictEqual(names({ 'package.json': { workspaces: ['packages/c'] }, 'lerna.json': lerna }), ['c@1.0.0']);
  assert.deepStrictEqual(names({ 'package.json': {}, 'lerna.json': '{ "version": "1.0.0" }' }), []);
});

test('npm packs what lerna made of the folder', (t) => {
  const npm = `
    const fs = require('node:fs');
    const to = process.argv.find((one) => one.startsWith('--pack-destination=')).split('=')[1];
    fs.copyFileSync('package.json', \`\${to}/a-1.0.0.tgz\`);
    console.log(JSON.stringify([{ files: [] }]));
  `;
  const manifest = { name: 'a', version: '1.0.0', dependencies: { b: 'workspace:^' } };
  const root = folder(t, {
    'npm.js': npm,
    'repository/package.json': { workspaces: ['packages/*'], devDependencies: { lerna: '8' } },
    'repository/LICENSE': '',
    'repository/packages/a/package.json': manifest,
    'repository/packages/b/package.json': { name: 'b', version: '1.2.0' },
  });
  const config = { commit: COMMIT, runtime, recipe: { packer: 'lerna', directory: 'packages/a' } };
  const at = { root: `${root}/repository`, folder: `${root}/repository/packages/a` };
  const tarball = pack(config, { ...at, npm: `${root}/npm.js`, earlyNpm: null, pnpm: null, yarn: null, work: root, say: assert.fail });
  assert.deepStrictEqual(JSON.parse(fs.readFileSync(tarball, 'utf8')), { ...manifest, dependencies: { b: '^1.2.0' }, gitHead: COMMIT });
  assert.ok(fs.existsSync(`${at.folder}/LICENSE`));
});

// Yarn as far as the plugin asks it.
const YARN = `
  const { Readable } = require('node:stream');
  const { name, factory } = require(process.env.YARN_PLUGINS);
  const modules = {
    clipanion: { Command: class {} },
    '@yarnpkg/core': {
      Configuration: { find: async (cwd, plugins) => ({ cwd, plugins }) },
      Project: { find: async (configuration, cwd) => ({ workspace: cwd.endsWith('none') ? null : cwd }) },
    },
    '@yarnpkg/plugin-pack': { packUtils: { genPackList: async () => ['b', 'a'], genPackStream: async (workspace, files) => Readable.from([JSON.stringify({ workspace, files, name, env: process.env })]) } },
  };
  const [Pack] = factory((module) => modules[module]).commands;
  if (Pack.paths[0][0] !== process.argv[2]) throw new Error('no such command');
  const command = new Pack();
  command.context = { cwd: process.cwd(), plugins: {} };
  command.execute().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

test('yarn packs by its plugin, without its network and the one in the repository', (t) => {
  const settings = 'npmAuthToken: ${NPM_TOKEN}\nnpmRegistryServer: "${SERVER-x}"\nyarnPath: .yarn/releases/yarn-4.0.0.cjs\n';
  const root = folder(t, { 'yarn.js': YARN, 'repository/.yarnrc.yml': settings, 'repository/a/package.json': {}, 'repository/none/package.json': {} });
  let said = '';
  const packed = (directory, yarn = `${root}/yarn.js`) =>
    pack({ runtime, recipe: { packer: 'yarn', directory } }, { root: `${root}/repository`, folder: `${root}/repository/${directory}`, npm: null, earlyNpm: null, pnpm: null, yarn, work: root, say: (text) => (said += text) });
  const { workspace, files, name, env } = JSON.parse(fs.readFileSync(packed('a'), 'utf8'));
  assert.deepStrictEqual([workspace, files, name], [`${root}/repository/a`, ['b', 'a'], 'headwater']);
  assert.deepStrictEqual([env.NPM_TOKEN, env.SERVER, env.YARN_IGNORE_PATH, env.YARN_ENABLE_NETWORK], ['', '', '1', '0']);
  assert.strictEqual(said, '');
  assert.strictEqual(packed('none'), null);
  assert.match(said, /yarn could not pack it:\nthis folder is no workspace/);
  assert.strictEqual(packed('a', null), null);
  assert.match(said, /there is no yarn among its tools/);
});
