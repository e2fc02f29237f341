'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { date } = require('../../nix/rebuild/date.js');
const { git } = require('../../nix/rebuild/git.js');
const { corepack, pnpm, yarn } = require('../../nix/rebuild/managers.js');
const { npm } = require('../../nix/rebuild/npm.js');
const { npx } = require('../../nix/rebuild/programs.js');

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const PROGRAMS = ['/r/node_modules/.bin/tsc', '/r/p/a/node_modules/.bin/own'];
const MANIFESTS = {
  '/r': { name: 'root', scripts: { build: 'tsc' }, packageManager: 'pnpm@9.1.0+sha512.00' },
  '/r/p/a': { scripts: { build: 'own', only: 'x' } },
  '/r/node_modules/single': { bin: './cli.js' },
};
const CONTENTS = {
  '/r/src/a.ts': 'export enum A {}\nx = (1+1)\n',
  '/r/p/a/index.js': 'no enum\nexport enum B\n',
  '/r/README.md': 'export enum\0',
};
const FACTS = {
  commit: COMMIT,
  time: 1_000_000_000,
  tag: 'v1.2.3',
  url: 'https://example.org/r',
  root: '/r',
  cwd: '/r',
  node: 'node',
  npm: 'npm-cli.js',
  pnpm: null,
  date: '/s/date',
  files: () => ['src/b.ts', 'src/a.ts', 'README.md', 'p/a/index.js', 'p/a/x/deep.js'],
  has: (file) => PROGRAMS.includes(file),
  read: (file) => CONTENTS[file] ?? null,
  manifest: (folder) => MANIFESTS[folder] ?? null,
  workspaces: () => [
    { folder: 'p/a', name: 'a', scripts: { build: 'own', only: 'x' }, needs: ['b'] },
    { folder: 'p/b', name: 'b', scripts: { build: 'x' }, needs: [] },
    { folder: 'q/c', name: '@s/c', scripts: {}, needs: ['a'] },
  ],
};
const words = (line) => line.split(' ').filter(Boolean);

/** An outcome in one line. */
function shown({ text, code, skipped, unknown, runs }) {
  if (skipped) return 'skipped';
  if (unknown) return `fails ${code ?? 1}`;
  if (runs) return runs.map(({ program, args, cwd }) => `${cwd}$ ${[program, ...args].join(' ')}`).join('; ');
  return text + (code ? ` (${code})` : '');
}

function table(name, shim, cases, facts = {}) {
  for (const [line, expected] of cases) {
    test(`${name} ${line}`, () => assert.strictEqual(shown(shim(words(line), { ...FACTS, ...facts })), expected));
  }
}

table('git', git, [
  ['rev-parse HEAD', `${COMMIT}\n`],
  ['rev-parse --verify HEAD', `${COMMIT}\n`],
  ['rev-parse --short HEAD', '0123456\n'],
  ['rev-parse --short=10 HEAD', '0123456789\n'],
  ['rev-parse --abbrev-ref HEAD', 'HEAD\n'],
  ['rev-parse --show-toplevel', '/r\n'],
  ['rev-parse main', 'fails 128'],
  ['-C p/a rev-parse --show-prefix', 'p/a/\n'],
  ['-c core.pager=x --no-pager rev-parse HEAD', `${COMMIT}\n`],
  ['log -1 --format=%H', `${COMMIT}\n`],
  ['log -1 --pretty=format:%h', '0123456'],
  ['log -n 1 --pretty=tformat:%ct HEAD', '1000000000\n'],
  ['log -1 --format=%ci', '2001-09-09 01:46:40 +0000\n'],
  ['log -1 --format=%cI', '2001-09-09T01:46:40+00:00\n'],
  ['log -1 --format=%cd', 'Sun Sep 9 01:46:40 2001 +0000\n'],
  ['log -1 --date=short --format=%cd', '2001-09-09\n'],
  ['log -1 --format=%H%n%at%%', `${COMMIT}\n1000000000%\n`],
  // Nothing is made up.
  ['log -1 --format=%an', 'fails 128'],
  ['log -1 --date=relative --format=%cd', 'fails 128'],
  ['log --format=%H', 'fails 128'],
  ['log -1 --format=%ct src/a.ts', 'fails 128'],
  ['log -1', 'fails 128'],
  ['show -s --format=%ct HEAD', '1000000000\n'],
  ['show HEAD', 'fails 128'],
  ['describe --tags', 'v1.2.3\n'],
  ['describe --long', 'v1.2.3-0-g0123456\n'],
  ['status --porcelain', ''],
  ['diff --quiet', ''],
  ['config --get remote.origin.url', 'https://example.org/r\n'],
  ['config --get user.name', ' (1)'],
  ['config core.hooksPath .husky', ''],
  ['remote get-url origin', 'https://example.org/r\n'],
  ['branch --show-current', ''],
  ['rev-list -1 HEAD', `${COMMIT}\n`],
  ['rev-list --count HEAD', 'fails 128'],
  ['submodule update --init', ''],
  ['submodule foreach pwd', 'fails 128'],
  ['ls-files', 'README.md\np/a/index.js\np/a/x/deep.js\nsrc/a.ts\nsrc/b.ts\n'],
  ['ls-files -z src', 'src/a.ts\0src/b.ts\0'],
  ['ls-files *.js', 'p/a/index.js\np/a/x/deep.js\n'],
  ['ls-files src/a.*', 'src/a.ts\n'],
  ['-C p/a ls-files', 'index.js\nx/deep.js\n'],
  ['-C p/a ls-files --full-name x', 'p/a/x/deep.js\n'],
  ['ls-files --others', 'fails 128'],
  ['grep enum', 'p/a/index.js:no enum\np/a/index.js:export enum B\nsrc/a.ts:export enum A {}\n'],
  ['grep -n (1+1)', 'src/a.ts:2:x = (1+1)\n'],
  ['grep -E (1.)+', 'src/a.ts:x = (1+1)\n'],
  ['grep -F (1.', ' (1)'],
  ['grep -il EXPORT src', 'fails 128'],
  ['grep -i -l EXPORT -- src', 'src/a.ts\n'],
  ['-C p/a grep -l -e ^export', 'index.js\n'],
  ['grep absent', ' (1)'],
  ['grep x :!src', 'fails 128'],
  ['clone https://example.org/r', 'fails 128'],
  ['fetch', 'fails 128'],
  ['commit -m x', 'fails 128'],
  ['', 'fails 128'],
]);
table('git without a tag:', git, [
  ['describe --tags', 'fails 128'],
  ['describe --tags --always', '0123456\n'],
  ['tag --points-at HEAD', ''],
], { tag: null });

table('date', date, [
  ['', '/r$ /s/date -d @1000000000'],
  ['-u +%Y', '/r$ /s/date -d @1000000000 -u +%Y'],
  ['-d tomorrow +%Y', '/r$ /s/date -d tomorrow +%Y'],
  ['-ud @5', '/r$ /s/date -ud @5'],
  ['--date=@5', '/r$ /s/date --date=@5'],
  ['-r file', '/r$ /s/date -r file'],
]);

table('npm', npm, [
  ['run build -- --x', '/r$ node npm-cli.js run build -- --x'],
  ['--prefix p/a run build', '/r$ node npm-cli.js --prefix p/a run build'],
  ['-w install run build', '/r$ node npm-cli.js -w install run build'],
  ['--version', '/r$ node npm-cli.js --version'],
  ['pack', '/r$ node npm-cli.js pack'],
  ['ci', 'skipped'],
  ['--silent i', 'skipped'],
  ['publish', 'skipped'],
  ['view left-pad', 'fails 1'],
]);

table('npx', npx, [
  ['tsc -p .', '/r$ /r/node_modules/.bin/tsc -p .'],
  ['-y tsc@5.0.0 -p .', '/r$ /r/node_modules/.bin/tsc -p .'],
  ['-p typescript -- tsc', '/r$ /r/node_modules/.bin/tsc'],
  ['single', '/r$ /r/node_modules/single/cli.js'],
  ['-c tsc', '/r$ bash -c tsc'],
  ['@s/absent', 'fails 127'],
  ['', 'fails 1'],
]);

table('pnpm', pnpm, [
  ['install --frozen-lockfile', 'skipped'],
  ['run build --x', '/r$ node npm-cli.js run build -- --x'],
  ['build', '/r$ node npm-cli.js run build --'],
  ['tsc -p .', '/r$ /r/node_modules/.bin/tsc -p .'],
  ['exec tsc -p .', '/r$ /r/node_modules/.bin/tsc -p .'],
  ['dlx tsc', '/r$ /r/node_modules/.bin/tsc'],
  ['absent', 'fails 127'],
  ['run --if-present absent', ''],
  ['-C p/a own', '/r/p/a$ /r/p/a/node_modules/.bin/own'],
  ['--dir p/a run only', '/r/p/a$ node npm-cli.js run only --'],
  ['-r build', '/r/p/b$ node npm-cli.js run build --; /r/p/a$ node npm-cli.js run build --'],
  ['run -r only', '/r/p/a$ node npm-cli.js run only --'],
  ['-r run absent', 'fails 1'],
  ['--filter a run build', '/r/p/a$ node npm-cli.js run build --'],
  ['--filter=a... build', '/r/p/b$ node npm-cli.js run build --; /r/p/a$ node npm-cli.js run build --'],
  ['--filter a^... run build', '/r/p/b$ node npm-cli.js run build --'],
  ['-F ./p/* -F !b run build', '/r/p/a$ node npm-cli.js run build --'],
  ['-F @s/* --if-present build', ''],
  ['--filter ...a run build', 'fails 1'],
  ['--filter [main] run build', 'fails 1'],
  ['--version', '9.1.0\n'],
]);
table('pnpm itself', pnpm, [
  ['install', 'skipped'],
  ['-r build', '/r$ node /t/pnpm.cjs --config.manage-package-manager-versions=false --config.package-manager-strict=false --config.verify-deps-before-run=false -r build'],
  ['dlx tsc', '/r$ /r/node_modules/.bin/tsc'],
], { pnpm: '/t/pnpm.cjs' });

table('yarn', yarn, [
  ['', 'skipped'],
  ['install --immutable', 'skipped'],
  ['build', '/r$ node npm-cli.js run build --'],
  ['run build', '/r$ node npm-cli.js run build --'],
  ['run tsc -p .', '/r$ /r/node_modules/.bin/tsc -p .'],
  ['--cwd p/a only', '/r/p/a$ node npm-cli.js run only --'],
  ['workspace a build', '/r/p/a$ node npm-cli.js run build --'],
  ['workspace nobody build', 'fails 1'],
  ['workspaces list --json', '{"location":".","name":"root"}\n{"location":"p/a","name":"a"}\n{"location":"p/b","name":"b"}\n{"location":"q/c","name":"@s/c"}\n'],
  ['workspaces run build', '/r/p/b$ node npm-cli.js run build --; /r/p/a$ node npm-cli.js run build --'],
  ['workspaces foreach -At --include a run build', '/r/p/a$ node npm-cli.js run build --'],
  ['node x.js', '/r$ node x.js'],
  ['--version', 'fails 1'],
]);

table('corepack', corepack, [
  ['enable', 'skipped'],
  ['', 'skipped'],
  ['pnpm@9 run build', '/r$ node npm-cli.js run build --'],
  ['yarn build', '/r$ node npm-cli.js run build --'],
]);
