// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies a package and makes its compiled files run with this package set.
// Environment (from linked.nix): source, title, loader, libraries, out.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { copyFolder, failure, main } = require('./files.js');
const { changes, hasPayload, headerOf } = require('./elf.js');

/** Runs patchelf: what it prints, null where the file has nothing of the kind. */
function patchelf(...args) {
  const done = spawnSync('patchelf', args, { encoding: 'utf8' });
  if (done.error) throw done.error;
  return done.status === 0 ? done.stdout.trim() : null;
}

function change(file, wanted) {
  const args = [];
  if (wanted.interpreter) args.push('--set-interpreter', wanted.interpreter);
  if (wanted.rpath) args.push('--set-rpath', wanted.rpath.join(':'));
  if (args.length === 0) return;
  const done = spawnSync('patchelf', [...args, file], { encoding: 'utf8' });
  if (done.error) throw done.error;
  if (done.status !== 0) throw failure(`${process.env.title}: patchelf failed on ${file}: ${done.stderr}`);
}

/** The ELF files of one machine below a folder. */
function filesOf(folder, kind) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesOf(file, kind);
    const header = entry.isFile() ? headerOf(file) : null;
    return header?.kind === kind ? [{ file, header }] : [];
  });
}

main(() => {
  const { source, title, loader, out } = process.env;
  copyFolder(source, out, { writable: true });
  // Node's own machine: its addons are for it, and its programs mostly.
  const files = filesOf(out, headerOf(process.execPath).kind);
  for (const { file, header } of files) {
    const shown = path.relative(out, file);
    const folder = path.dirname(file);
    const split = (text, by) => (text ?? '').split(by).filter(Boolean);
    const wanted = changes(
      {
        interpreter: patchelf('--print-interpreter', file) ?? '',
        needed: split(patchelf('--print-needed', file), '\n'),
        rpath: split(patchelf('--print-rpath', file), ':'),
      },
      {
        loader,
        libraries: process.env.libraries.split(' '),
        has: (folder, name) => fs.existsSync(`${folder}/${name}`),
        own(name) {
          const library = files.find((other) => path.basename(other.file) === name);
          return library && path.relative(folder, path.dirname(library.file));
        },
        expand(entry) {
          const at = path.resolve(entry.replace(/^\$(ORIGIN|\{ORIGIN\})/, folder));
          return at === out || at.startsWith(`${out}/`) ? at : null;
        },
      },
    );
    if (!wanted) continue;
    if (hasPayload(header)) {
      console.error(`headwater: warning: ${title}: ${shown} carries data behind its end, and would lose it: it keeps its own loader`);
      continue;
    }
    change(file, wanted);
    for (const name of wanted.missing) {
      console.error(`headwater: warning: ${title}: ${shown} links to ${name}, which nothing here has`);
      console.error(`  name the package of nixpkgs that has it in headwater.toml: [packages."${title}"] buildInputs = ["..."]`);
    }
  }
});
