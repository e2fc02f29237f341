// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes a pack of one from a folder or a tarball of the project.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');
const { copyFolder, failure, main } = require('./files.js');
const { canPack, packList } = require('./packlist.js');
const { unpack } = require('./unpack.js');

const { kind, source, hash, folder, shownPath, nodejs, out } = process.env;

/** npm packs such a folder before it installs it, so it is npm's list. */
function fromFolder(dest) {
  const work = `${process.env.TMPDIR}/local`;
  copyFolder(source, work, { writable: true, skipNames: ['node_modules', '.git'] });
  const files = canPack(work) ? packList(work, nodejs) : null;
  if (!files) {
    copyFolder(work, dest);
    return;
  }
  for (const file of files) {
    fs.mkdirSync(path.dirname(`${dest}/${file}`), { recursive: true });
    fs.copyFileSync(`${work}/${file}`, `${dest}/${file}`);
  }
}

function fromTarball(dest) {
  if (hash) checkHash();
  unpack(source, dest, shownPath);
}

/** The strongest of its algorithms counts, and any of that algorithm's hashes. */
function checkHash() {
  const entries = hash.split(/\s+/).map((entry) => entry.split('?')[0]);
  const algorithm = ['sha512', 'sha384', 'sha256', 'sha1'].find((name) => entries.some((entry) => entry.startsWith(`${name}-`)));
  if (!algorithm) throw failure(`${shownPath}: no known algorithm in ${hash}`);
  const got = `${algorithm}-${createHash(algorithm).update(fs.readFileSync(source)).digest('base64')}`;
  if (!entries.includes(got)) throw failure(`${shownPath} is not the file of the lockfile: expected ${hash}, got ${got}; run npm install and headwater convert again`);
}

main(() => {
  const dest = `${out}/${folder}`;
  fs.mkdirSync(out);
  if (kind === 'folder') fromFolder(dest);
  else fromTarball(dest);
});
