// The cache that npm installs from without a network: one file for each tarball that a lockfile names, and an index.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const [lockfile, out] = process.argv.slice(2);
const text = fs.readFileSync(lockfile);
const lock = JSON.parse(text);
const digest = (algorithm, data) => createHash(algorithm).update(data).digest('hex');
const split = (hex) => path.join(hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));

const wanted = new Map();
for (const [location, entry] of Object.entries(lock.packages)) {
  if (location !== '' && URL.canParse(entry.resolved ?? '')) wanted.set(entry.resolved, entry.integrity);
}
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
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const data = Buffer.from(await answer.arrayBuffer());
    const [algorithm, base64] = integrity.split(/-(.*)/s);
    put(path.join('content-v2', algorithm, split(Buffer.from(base64, 'base64').toString('hex'))), data);
    const key = `make-fetch-happen:request-cache:${url}`;
    const metadata = { url, options: { compress: true } };
    const line = JSON.stringify({ key, integrity, time: 0, size: data.length, metadata });
    put(path.join('index-v5', split(digest('sha256', key))), `${digest('sha1', line)}\t${line}`);
  }
})();
