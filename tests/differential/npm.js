// Unpacks as npm does, with npm's own pacote. Reads lines of a tarball and a folder, and answers each with `ok` or with
// what went wrong.
'use strict';
const readline = require('node:readline');
const { createRequire } = require('node:module');
const npm = createRequire(`${process.argv[2]}/package.json`);
const pacote = npm('pacote');

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [file, folder] = line.split('\t');
    const options = { cache: process.argv[3], allowGitIgnore: true, where: '/' };
    const done = await pacote.extract(`file:${file}`, folder, options).then(() => 'ok', (error) => `${error.code}: ${error.message}`.split('\n')[0]);
    process.stdout.write(`${JSON.stringify(done)}\n`);
  }
}

process.on('log', () => {});
main();
