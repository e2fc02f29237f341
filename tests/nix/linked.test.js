'use strict';
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync, execFileSync } = require('node:child_process');
const { changes } = require('../../nix/js/elf.js');

const script = path.resolve(__dirname, '../../nix/js/linked.js');

const machine = {
  loader: '/store/glibc/lib/ld-linux-x86-64.so.2',
  libraries: ['/store/gcc/lib', '/store/zlib/lib'],
  has: (folder, name) =>
    ({ '/store/glibc/lib': ['libc.so.6', 'libm.so.6'], '/store/gcc/lib': ['libstdc++.so.6'], '/pkg/lib': ['libown.so'] })[folder]?.includes(name) ?? false,
  own: (name) => (name === 'libfar.so' ? '../far' : undefined),
  expand: (entry) => (entry === '$ORIGIN/../lib' ? '/pkg/lib' : null),
};

test('libraries are found in the package, then in the package set', () => {
  const file = { interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6', 'libown.so', 'libfar.so', 'libstdc++.so.6', 'libnone.so'], rpath: ['$ORIGIN/../lib', '/usr/lib'] };
  assert.deepStrictEqual(changes(file, machine), {
    interpreter: machine.loader,
    rpath: ['$ORIGIN/../lib', '$ORIGIN/../far', '/store/gcc/lib'],
    missing: ['libnone.so'],
  });
});

test('what a package looks for in its neighbours is not missed', () => {
  const file = { interpreter: '', needed: ['libvips.so', 'libc.so.6'], rpath: ['$ORIGIN/../../vips/lib'] };
  assert.deepStrictEqual(changes(file, machine), { missing: [] });
});

test('static files, and those of another C library, are left alone', () => {
  assert.strictEqual(changes({ interpreter: '', needed: ['libdl.so', 'libc.so'], rpath: [] }, machine), null);
  assert.strictEqual(changes({ interpreter: '', needed: [], rpath: [] }, machine), null);
  assert.strictEqual(changes({ interpreter: '', needed: ['libc.musl-x86_64.so.1'], rpath: [] }, machine), null);
  assert.strictEqual(changes({ interpreter: '/lib/ld-musl-x86_64.so.1', needed: [], rpath: [] }, machine), null);
  const musl = { ...machine, loader: '/store/musl/lib/ld-musl-x86_64.so.1' };
  assert.ok(changes({ interpreter: '/lib/ld-musl-x86_64.so.1', needed: [], rpath: [] }, musl));
});

test('a library that nobody has is named; a program with data behind its end keeps its loader', (t) => {
  const root = fs.mkdtempSync(`${os.tmpdir()}/linked-`);
  t.after(() => fs.rmSync(root, { recursive: true }));
  const gcc = (name, text, ...options) => {
    fs.writeFileSync(`${root}/${name}.c`, text);
    execFileSync('gcc', [`${root}/${name}.c`, '-o', `${root}/package/${name}`, `-L${root}/package`, ...options]);
  };
  fs.mkdirSync(`${root}/package`);
  gcc('libgone.so', 'int gone(void) { return 0; }\n', '-shared', '-fPIC', '-Wl,-soname,libgone-1.so');
  gcc('addon.node', 'int gone(void); int here(void) { return gone(); }\n', '-shared', '-fPIC', '-l:libgone.so');
  gcc('packed', 'int main(void) { return 0; }\n', '-Wl,--dynamic-linker=/nowhere/ld.so');
  fs.rmSync(`${root}/package/libgone.so`);
  fs.appendFileSync(`${root}/package/packed`, Buffer.alloc(10_000, 1));
  const packed = fs.readFileSync(`${root}/package/packed`);

  const env = { PATH: process.env.PATH, source: `${root}/package`, out: `${root}/out`, title: 'lonely', loader: machine.loader, libraries: '/nowhere' };
  const done = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  assert.strictEqual(done.status, 0, done.stderr);
  assert.match(done.stderr, /lonely: addon\.node links to libgone-1\.so, .*\n.*\[packages\."lonely"\] buildInputs/);
  assert.match(done.stderr, /lonely: packed carries data/);
  assert.deepStrictEqual(fs.readFileSync(`${root}/out/packed`), packed);
});
