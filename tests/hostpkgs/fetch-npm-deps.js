// The cache that npm installs from without a network: one file for each tarball that a lockfile names, and an index.
'use strict';
const { createHash } = require('crypto');
const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const [lockfile, out] = process.argv.slice(2);
const text = fs.readFileSync(lockfile);
const lock = JSON.parse(text);
const digest = (algorithm, data) => createHash(algorithm).update(data).digest('hex');
const split = (hex) => path.join(hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));

// A commit of GitHub as npm asks for it, with its files packed again as nixpkgs does.
function packed(url) {
  const [, name, commit] = url.match(/^git\+ssh:\/\/git@github\.com\/(.+)\.git#([0-9a-f]{40})$/);
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'packed-'));
  const [store, files] = [path.join(place, 'store'), path.join(place, 'files')];
  const git = (...args) => execFileSync('git', ['-C', store, ...args], { maxBuffer: 1 << 28 });
  execFileSync('git', ['init', '--quiet', '--bare', store]);
  git('fetch', '--quiet', '--depth=1', `https://github.com/${name}`, commit);
  fs.mkdirSync(path.join(files, 'package'), { recursive: true });
  execFileSync('tar', ['-x', '-C', path.join(files, 'package')], { input: git('archive', commit) });
  const options = '--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu'.split(' ');
  const data = execFileSync('tar', [...options, '-I', 'gzip -n -9', '-c', '-C', files, 'package'], { maxBuffer: 1 << 28 });
  const read = (file) => {
    const at = path.join(files, 'package', file);
    return fs.existsSync(at) ? JSON.parse(fs.readFileSync(at)) : undefined;
  };
  const [manifest, own] = [read('package.json'), read('package-lock.json')];
  if (!own && manifest.scripts && !process.env.gitForced) throw new Error(`${name} has scripts and no lockfile: set forceGitDeps`);
  return { address: `https://codeload.github.com/${name}/tar.gz/${commit}`, data, own };
}

const wanted = new Map();
const made = new Map();
function gather(lock) {
  for (const [location, entry] of Object.entries(lock.packages)) {
    if (location === '' || !URL.canParse(entry.resolved ?? '')) continue;
    if (entry.resolved.startsWith('git')) {
      const { address, data, own } = packed(entry.resolved);
      made.set(address, data);
      wanted.set(address, `sha512-${createHash('sha512').update(data).digest('base64')}`);
      if (own) gather(own);
    } else if (!wanted.has(entry.resolved)) {
      wanted.set(entry.resolved, entry.integrity);
    }
  }
}
gather(lock);
if (wanted.size === 0 && !process.env.emptyAllowed) throw new Error('the lockfile names nothing: set forceEmptyCache');

const put = (file, data) => {
  const target = path.join(out, '_cacache', file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, data);
};
for (const folder of ['content-v2', 'index-v5']) fs.mkdirSync(path.join(out, '_cacache', folder), { recursive: true });
fs.writeFileSync(path.join(out, 'package-lock.json'), text);

(async () => {
  for (const [url, integrity] of wanted) {
    let data = made.get(url);
    if (!data) {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      data = Buffer.from(await answer.arrayBuffer());
    }
    const [algorithm, base64] = integrity.split(/-(.*)/s);
    put(path.join('content-v2', algorithm, split(Buffer.from(base64, 'base64').toString('hex'))), data);
    const key = `make-fetch-happen:request-cache:${url}`;
    const metadata = { url, options: { compress: true } };
    const line = JSON.stringify({ key, integrity, time: 0, size: data.length, metadata });
    put(path.join('index-v5', split(digest('sha256', key))), `${digest('sha1', line)}\t${line}`);
  }
})();
