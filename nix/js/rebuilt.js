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

const hash = (algorithm, content, form) => createHash(algorithm).update(content).digest(form);

// By class, what of an outcome must be as it was, and the words for it where it is not.
const CLASSES = {
  integrity: {
    key: 'integrity',
    of: ({ tarball }, expected) => {
      const algorithm = expected.split('-')[0];
      return `${algorithm}-${hash(algorithm, tarball, 'base64')}`;
    },
    why: 'its archive has another integrity',
  },
  tar: { key: 'tar', of: ({ tarball }) => hash('sha256', zlib.gunzipSync(tarball), 'hex'), why: 'the tar in its archive is another' },
  files: { key: 'digest', of: ({ lines }) => digestOf(lines), why: 'its files are others' },
};
CLASSES.equivalent = CLASSES.files;

/** Why an outcome is not what was expected; null where it is. */
function whyNot(rebuilt, expected, before) {
  const { key, of, why } = CLASSES[expected.class] ?? {};
  if (!expected[key]) throw failure(`there is nothing to compare with (${expected.class}); run headwater verify again`);
  if (!fs.existsSync(`${rebuilt}/package.tgz`)) return 'it cannot be packed any more';
  const outcome = { tarball: fs.readFileSync(`${rebuilt}/package.tgz`), lines: listing(`${rebuilt}/package`) };
  if (of(outcome, expected[key]) === expected[key]) return null;
  // Each version of zlib compresses in its own way, and so do processors: that is no change of the package.
  if (key === 'integrity' && expected.tar && CLASSES.tar.of(outcome) === expected.tar) {
    console.error('headwater: the archive is the same, and compressed otherwise than when it was recorded');
    return null;
  }
  const files = before ? differing(before, outcome.lines) : [];
  return files.length > 0 ? `${why}: ${some(files, 5)}` : why;
}

/** Fails where an outcome is not what was expected. */
function checkOutcome(title, rebuilt, expected, before = null) {
  const why = whyNot(rebuilt, expected, before);
  if (why !== null) throw failure(`${title} is not rebuilt as headwater.lock has it (${expected.class}): ${why}\nTo see how it differs: headwater verify ${title}`);
}

if (require.main === module) {
  main(() => {
    const { title, rebuilt, listing: file, out } = process.env;
    checkOutcome(title, rebuilt, JSON.parse(process.env.expected), file ? fs.readFileSync(file, 'utf8').trimEnd().split('\n') : null);
    // What uses it in the place of the registry's file finds it here.
    fs.symlinkSync(rebuilt, out);
  });
}

module.exports = { checkOutcome, differing, whyNot };
