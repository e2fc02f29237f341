'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');

const clock = path.resolve(__dirname, '../../nix/rebuild/clock.js');
// 9 September 2001, 01:46:40 UTC.
const SECONDS = 1_000_000_000;

/** What an expression is in a process with the clock, as JSON. */
function evaluated(expression, options = [], seconds = `${SECONDS}`) {
  const env = { ...process.env, TZ: 'UTC', NODE_OPTIONS: `--require=${clock}`, HEADWATER_CLOCK: seconds };
  return JSON.parse(execFileSync(process.execPath, [...options, '-p', `JSON.stringify(${expression})`], { env, encoding: 'utf8' }));
}

for (const [expression, expected] of [
  ['new Date().toISOString().slice(0, 15)', '2001-09-09T01:4'],
  ['Date().slice(0, 15)', 'Sun Sep 09 2001'],
  ['new Date().getFullYear()', 2001],
  ['Math.floor(Date.now() / 60000)', Math.floor(SECONDS / 60)],
  ["new Intl.DateTimeFormat('en', { year: 'numeric' }).format()", '2001'],
  ["new Intl.DateTimeFormat('en', { year: 'numeric' }).formatToParts()[0].value", '2001'],
  ["new Date().toLocaleDateString('en')", '9/9/2001'],
  // Another date is that date.
  ['new Date(0).getFullYear()', 1970],
  ['new Date(2020, 1, 2).getDate()', 2],
  ["Date.parse('2020-01-01')", 1577836800000],
  ['Date.UTC(2020, 0)', 1577836800000],
  ["new Intl.DateTimeFormat('en', { year: 'numeric' }).format(0)", '1970'],
  // It is what it was.
  ['[Date.name, Date.length, typeof Date, new Date() instanceof Date, Object.prototype.toString.call(new Date())]', ['Date', 7, 'function', true, '[object Date]']],
  ['new (new Date().constructor)().getFullYear()', 2001],
  ['new (class Own extends Date { own() { return this.getFullYear(); } })().own()', 2001],
  ["[Number.isInteger(Date.now()), Object.keys(Date), 'now' in Date, new Date(undefined).getTime()]", [true, [], true, null]],
  ['structuredClone(new Date()).getFullYear()', 2001],
]) {
  test(`${expression} is ${JSON.stringify(expected)}`, () => assert.deepStrictEqual(evaluated(expression), expected));
}

test('it runs on', () => {
  const passed = evaluated('(() => { const start = Date.now(); while (performance.now() < 400) {} return [start, Date.now()]; })()');
  assert.ok(passed[0] >= SECONDS * 1000 && passed[1] > passed[0], `${passed}`);
});

test('processes and threads go by it', () => {
  const child = "+require('child_process').execFileSync(process.execPath, ['-p', 'new Date().getFullYear()'])";
  assert.strictEqual(evaluated(child), 2001);
  const env = { ...process.env, NODE_OPTIONS: `--require=${clock}`, HEADWATER_CLOCK: `${SECONDS}` };
  const worker = "new (require('worker_threads').Worker)('console.log(new Date().getFullYear())', { eval: true })";
  assert.strictEqual(execFileSync(process.execPath, ['-e', worker], { env, encoding: 'utf8' }), '2001\n');
});

test('without a time it is the clock of the machine', () => {
  assert.ok(evaluated('Date.now()', [], '') > 1_700_000_000_000);
});
