// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a package that was built again came out as before.
// Environment (from rebuilds.nix): title, rebuilt (the outcome), expected (class and hashes), listing (a file, or ""), out.
'use strict';
const fs = require('node:fs');
const zlib = require('node:zlib');
const { createHash } = require('node:crypto');
const { failure, main, some } = require('./files.js');
const { digestOf, listing } = require('./listing.js');

/** The files that differ, of two listings. */
function differing(before, now) {
  const byPath = (lines) => new Map(lines.map((line) => [line.slice(69), line]));
  const [was, is] = [byPath(before), byPath(now)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  return paths.filter((path) => was.get(path) !== is.get(path)).map((path) => (!is.has(path) ? `${path} is missing` : !was.has(path) ? `${path} is new` : path));
}

/** Why an outcome is not what was expected; null where it is. */
function whyNot(rebuilt, expected, before) {
  if (!fs.existsSync(`${rebuilt}/package.tgz`)) return 'it cannot be packed any more';
  const tarball = fs.readFileSync(`${rebuilt}/package.tgz`);
  const lines = listing(`${rebuilt}/package`);
  const sameFiles = !expected.digest || digestOf(lines) === expected.digest;
  if (!sameFiles) return before ? `files differ: ${some(differing(before, lines), 5)}` : 'its files are others';
  const hash = (algorithm, content, form) => createHash(algorithm).update(content).digest(form);
  if (expected.class === 'integrity') {
    const [algorithm, digest] = expected.integrity.split(/-(.*)/s);
    if (hash(algorithm, tarball, 'base64') !== digest) return 'its archive has another integrity, though it was the one of the registry';
  }
  if (expected.class === 'tar' && expected.tar && hash('sha256', zlib.gunzipSync(tarball), 'hex') !== expected.tar) return 'the archive inside the compressed one is another';
  return null;
}

if (require.main === module) {
  main(() => {
    const { title, rebuilt, listing: file, out } = process.env;
    const expected = JSON.parse(process.env.expected);
    const before = file ? fs.readFileSync(file, 'utf8').trimEnd().split('\n') : null;
    const why = whyNot(rebuilt, expected, before);
    if (why !== null) throw failure(`${title} is not rebuilt as headwater.lock has it (${expected.class}): ${why}\nTo see how it differs: headwater verify ${title}`);
    // What uses it in the place of the registry's file finds it here.
    fs.symlinkSync(rebuilt, out);
  });
}

module.exports = { differing, whyNot };
