'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { copyFolder } = require('../../nix/js/files.js');

test('a copy has the bytes and modes of the folder, however large a file is', (t) => {
  const at = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-files-'));
  t.after(() => fs.rmSync(at, { recursive: true, force: true }));
  fs.mkdirSync(`${at}/from/lib`, { recursive: true });
  const large = Buffer.alloc((1 << 20) + 7, 'headwater ');
  for (const [name, bytes, mode] of [
    ['empty', '', 0o444],
    ['lib/large.bin', large, 0o444],
    ['run', '#!/bin/sh\n', 0o555],
    ['cli.js', 'run()\n', 0o444],
  ]) {
    fs.writeFileSync(`${at}/from/${name}`, bytes);
    fs.chmodSync(`${at}/from/${name}`, mode);
  }
  const seen = (folder, name) => [fs.readFileSync(`${folder}/${name}`, 'latin1'), fs.statSync(`${folder}/${name}`).mode & 0o777];

  copyFolder(`${at}/from`, `${at}/store`, { bins: ['cli.js'] });
  copyFolder(`${at}/from`, `${at}/own`, { writable: true });
  for (const [name, stored, own] of [
    ['empty', 0o444, 0o644],
    ['lib/large.bin', 0o444, 0o644],
    ['run', 0o555, 0o755],
    ['cli.js', 0o755, 0o644],
  ]) {
    const [bytes] = seen(`${at}/from`, name);
    assert.deepStrictEqual(seen(`${at}/store`, name), [bytes, stored], name);
    assert.deepStrictEqual(seen(`${at}/own`, name), [bytes, own], name);
  }
});
