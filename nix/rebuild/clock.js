// SPDX-License-Identifier: MIT OR Apache-2.0
// Preloaded into every Node of a build: its clock starts at the commit's time and runs on, as a clock that stands
// still would hang whoever waits. It starts again in each process, so that what a step prints depends on nothing but
// the step. Timers and performance.now() are as they were; a new context of node:vm has a Date of its own.
'use strict';

/**
 * @param {object} scope      whose Date it is
 * @param {number} start      milliseconds since 1970, at the start of this process
 * @param {() => number} ran  milliseconds since the start of this process
 */
function setClock(scope, start, ran) {
  const { Date, Intl } = scope;
  const now = () => Math.floor(start + ran());
  const Clock = new Proxy(Date, {
    apply: () => new Date(now()).toString(),
    construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [now()], made),
  });
  const set = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, configurable: true });
  set(Date, 'now', now);
  set(Date.prototype, 'constructor', Clock);
  set(scope, 'Date', Clock);

  // Asked without a date, they would say today's.
  const format = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format').get;
  const { formatToParts } = Intl.DateTimeFormat.prototype;
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    get() {
      const bound = format.call(this);
      return (date) => bound(date ?? now());
    },
    configurable: true,
  });
  set(Intl.DateTimeFormat.prototype, 'formatToParts', function (date) {
    return formatToParts.call(this, date ?? now());
  });
}

const seconds = Number(process.env.HEADWATER_CLOCK);
// A thread of a process goes by its clock, and has a scope of its own.
if (process.env.HEADWATER_CLOCK && Number.isFinite(seconds)) setClock(globalThis, seconds * 1000, () => process.uptime() * 1000);

module.exports = { setClock };
