// SPDX-License-Identifier: MIT OR Apache-2.0
// Copying folders, in this process and in a second one beside it.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { STORE, patchContent } = require('./shebang.js');

/**
 * Copies a folder: files, folders and links, nothing else.
 *
 * @param {string} source
 * @param {string} dest
 * @param {object} options
 *   skip          paths below the folder that are left out
 *   skipNames     names that are left out at any depth
 *   bins          paths below the folder that become executable
 *   interpreters  executables' first lines are patched to these; none: left alone
 *   writable      the copy can be changed, as a working folder must be
 *   storeLinks    drop links that lead neither into the folder nor to the store
 *   root          a folder around the source: absolute links into it are made relative
 */
function copyFolder(source, dest, options = {}) {
  const skip = new Set(options.skip);
  const skipNames = new Set(options.skipNames);
  const bins = new Set(options.bins);
  const { interpreters, writable } = options;

  function folder(from, to, prefix) {
    fs.mkdirSync(to, { recursive: true });
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
      const below = prefix + entry.name;
      if (skip.has(below) || skipNames.has(entry.name)) continue;
      const a = `${from}/${entry.name}`;
      const b = `${to}/${entry.name}`;
      if (entry.isDirectory()) folder(a, b, `${below}/`);
      else if (entry.isSymbolicLink()) link(a, b);
      else if (entry.isFile()) file(a, b, bins.has(below));
    }
  }

  function link(a, b) {
    const text = linkText(a, options.root);
    const real = options.storeLinks && fs.existsSync(a) ? fs.realpathSync(a) : '';
    const stays = text.startsWith('/') ? real.startsWith(`${STORE}/`) : real.startsWith(`${fs.realpathSync(source)}/`);
    if (!options.storeLinks || stays) fs.symlinkSync(text, b);
  }

  function file(a, b, isBin) {
    const { mode } = fs.lstatSync(a);
    const executable = isBin || (mode & 0o111) !== 0;
    if (executable && interpreters) {
      const patched = startsWithShebang(a) && patchContent(fs.readFileSync(a), interpreters, isBin);
      if (patched) {
        fs.writeFileSync(b, patched, { mode: 0o755 });
        return;
      }
    }
    copyFile(a, b, mode);
    if (isBin || writable) fs.chmodSync(b, executable ? 0o755 : 0o644);
  }

  folder(source, dest, '');
}

/** The text of a link; an absolute one into the root would lead out of a copy of it. */
function linkText(link, root) {
  const text = fs.readlinkSync(link);
  return root && text.startsWith(`${root}/`) ? path.relative(path.dirname(link), text) : text;
}

const piece = Buffer.allocUnsafe(1 << 20);
let clones = true;

/**
 * A clone where the file system can, a copy where it cannot.
 *
 * Not by fs.copyFile: it truncates what it has just made, and on ext4 a file
 * that was truncated is written to the disk when it is closed, each by itself.
 */
function copyFile(a, b, mode) {
  if (clones) {
    try {
      fs.copyFileSync(a, b, fs.constants.COPYFILE_FICLONE_FORCE);
      return;
    } catch {
      clones = false;
    }
  }
  const from = fs.openSync(a, 'r');
  try {
    const to = fs.openSync(b, 'w', mode);
    try {
      for (let got; (got = fs.readSync(from, piece)) > 0; ) {
        for (let put = 0; put < got; ) put += fs.writeSync(to, piece, put, got - put);
      }
    } finally {
      fs.closeSync(to);
    }
  } finally {
    fs.closeSync(from);
  }
}

const head = Buffer.alloc(2);
function startsWithShebang(file) {
  const fd = fs.openSync(file, 'r');
  try {
    return fs.readSync(fd, head, 0, 2, 0) === 2 && head[0] === 0x23 && head[1] === 0x21;
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Patches the executables of a folder where they are.
 *
 * @param {(file: string, before: Buffer, after: Buffer) => void} tell  called for each that is patched
 */
function patchFolder(folder, interpreters, tell = () => {}) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = `${folder}/${entry.name}`;
    if (entry.isDirectory()) patchFolder(at, interpreters, tell);
    else if (entry.isFile() && fs.lstatSync(at).mode & 0o111 && startsWithShebang(at)) {
      const content = fs.readFileSync(at);
      const patched = patchContent(content, interpreters, false);
      if (!patched) continue;
      fs.writeFileSync(at, patched);
      tell(at, content, patched);
    }
  }
}

/**
 * Copies many folders; each job is the arguments of copyFolder.
 *
 * @param {[string, string, object][]} jobs
 */
async function copyFolders(jobs) {
  const threads = Math.min(4, os.cpus().length, Math.ceil(jobs.length / 32));
  if (threads < 2) {
    for (const job of jobs) copyFolder(...job);
    return;
  }
  // Who is free takes the next: packages differ in size a thousandfold.
  const next = new Int32Array(new SharedArrayBuffer(4));
  const others = Array.from({ length: threads - 1 }, () => {
    const worker = new Worker(__filename, { workerData: { jobs, next } });
    return new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a copying thread ended with ${code}`))));
    });
  });
  const failed = Promise.all(others);
  failed.catch(() => {});
  drain(jobs, next);
  await failed;
}

function drain(jobs, next) {
  for (let i = Atomics.add(next, 0, 1); i < jobs.length; i = Atomics.add(next, 0, 1)) copyFolder(...jobs[i]);
}

if (!isMainThread && workerData?.next) drain(workerData.jobs, workerData.next);

/** Links `link` (absolute) to `text`, making its folder; what is there stays. */
function symlink(text, link) {
  fs.mkdirSync(link.slice(0, link.lastIndexOf('/')), { recursive: true });
  try {
    fs.symlinkSync(text, link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

/** A few of many, in words. */
function some(list, shown = 3) {
  return list.slice(0, shown).join(', ') + (list.length > shown ? ` and ${list.length - shown} more` : '');
}

/** Runs a program's main function; an error is told in one line, and ends it. */
function main(run) {
  Promise.resolve()
    .then(run)
    .catch((error) => {
      console.error(`headwater: ${error.expected ? error.message : error.stack}`);
      process.exitCode = 1;
    });
}

/** An error whose text is meant for the user. */
function failure(message) {
  return Object.assign(new Error(message), { expected: true });
}

module.exports = { copyFolder, copyFolders, failure, linkText, main, patchFolder, some, symlink };
