// SPDX-License-Identifier: MIT OR Apache-2.0
// What ELF files say of themselves, and what is to be changed in them. Pure but
// for reading the start of a file.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

/**
 * The header of an ELF file, null for any other file.
 *
 * @param {string} file
 * @returns {{kind: string, end: number, size: number}|null}
 *   kind  class, byte order and machine in one word
 *   end   where the sections' table ends, which linkers write last; what comes
 *         after it is no part of the program as such
 */
function headerOf(file) {
  const fd = fs.openSync(file, 'r');
  try {
    const start = Buffer.alloc(64);
    if (fs.readSync(fd, start, 0, 64, 0) < 52 || start.toString('latin1', 0, 4) !== '\x7fELF') return null;
    const wide = start[4] === 2;
    const little = start[5] === 1;
    const half = (at) => (little ? start.readUInt16LE(at) : start.readUInt16BE(at));
    const word = (at) => (little ? start.readUInt32LE(at) : start.readUInt32BE(at));
    const long = (at) => Number(little ? start.readBigUInt64LE(at) : start.readBigUInt64BE(at));
    const table = wide ? long(0x28) : word(0x20);
    const end = table + half(wide ? 0x3a : 0x2e) * half(wide ? 0x3c : 0x30);
    return { kind: `${start[4]} ${start[5]} ${half(18)}`, end: table ? end : 0, size: fs.fstatSync(fd).size };
  } finally {
    fs.closeSync(fd);
  }
}

/** Whether something was appended to a program, which finds it by its distance from the end of the file. */
function hasPayload({ end, size }) {
  // Signatures and padding are small.
  return end > 0 && size - end > 4096;
}

const isMusl = (name) => /^(ld-musl-|libc\.musl-|libc\.so$)/.test(path.basename(name));
// Android's libraries have no versions.
const isAndroid = (name) => /^lib(dl|log|m)\.so$/.test(name);

/**
 * What to change in a file: its loader and where it looks for libraries.
 *
 * What its publisher set relative to the file stays, and comes first: it leads to
 * the package's own libraries, or to those of a package beside it.
 *
 * @param {{interpreter: string, needed: string[], rpath: string[]}} file  as it is
 * @param {object} machine
 *   loader     path of the package set's
 *   has        (folder, name) -> whether a folder on this machine has a library
 *   own        name -> the folder in the package that has it, relative to the file's, or undefined
 *   expand     an entry of the rpath -> the folder, null where it is outside of the package
 *   libraries  folders
 * @returns {{interpreter?: string, rpath?: string[], missing: string[]}|null}  null: leave it alone
 */
function changes(file, { loader, has, own, expand, libraries }) {
  const { interpreter, needed, rpath } = file;
  if (!interpreter && needed.length === 0) return null;
  // Those for another C library are never loaded.
  if (needed.some(isAndroid)) return null;
  if ([interpreter, ...needed].some(isMusl) !== isMusl(loader)) return null;

  const kept = rpath.filter((entry) => /^\$(ORIGIN|\{ORIGIN\})/.test(entry));
  const isElsewhere = kept.some((entry) => expand(entry) === null);
  const added = [];
  const missing = [];
  for (const name of needed) {
    if (kept.some((entry) => expand(entry) !== null && has(expand(entry), name))) continue;
    const folder = libraries.find((folder) => has(folder, name));
    const beside = own(name);
    if (beside !== undefined) added.push(beside ? `$ORIGIN/${beside}` : '$ORIGIN');
    else if (folder) added.push(folder);
    // The C library's own parts are found by the loader.
    else if (!has(path.dirname(loader), name) && !isElsewhere) missing.push(name);
  }
  const wanted = [...new Set([...kept, ...added])];
  return {
    ...(interpreter && { interpreter: loader }),
    ...(wanted.join(':') !== rpath.join(':') && { rpath: wanted }),
    missing,
  };
}

module.exports = { changes, hasPayload, headerOf };
