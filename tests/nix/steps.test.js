'use strict';
const test = require('node:test');
const assert = require('node:assert');
const os = require('node:os');
const { runSteps } = require('../../nix/js/steps.js');

const run = (commands, strict) => {
  const steps = commands.map(([command, mayFail]) => ({ directory: '', command, ...(mayFail && { mayFail }) }));
  const said = [];
  const options = { root: os.tmpdir(), bash: '/bin/bash', envOf: () => ({ HEADWATER_REBUILD: `steps-test-${process.pid}` }), limits: { seconds: 60, megabytes: 4096 } };
  return runSteps(steps, { ...options, say: (text) => said.push(text), strict }).then((outcomes) => [outcomes.map(({ exit }) => exit), said.join('')]);
};

test('each command runs, whatever the one before ended with', async () => {
  const [exits, said] = await run([['exit 3'], ['true']], false);
  assert.deepStrictEqual(exits, [3, 0]);
  assert.match(said, /what it made counts/);
});

test('of what is compared with nothing the first that fails is the last, but for one that may', async () => {
  const [exits, said] = await run([['exit 4', true], ['exit 3'], ['true']], true);
  assert.deepStrictEqual(exits, [4, 3]);
  assert.match(said, /it ended with 3\n/);
});
