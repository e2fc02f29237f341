// SPDX-License-Identifier: MIT OR Apache-2.0
// What was said, as long as it is not too long: its start and its end.
'use strict';

const HALF = 2 << 20;

class Log {
  #head = '';
  #tail = '';
  #left = 0;

  add(text) {
    const room = Math.max(0, HALF - this.#head.length);
    this.#head += text.slice(0, room);
    this.#tail += text.slice(room);
    if (this.#tail.length <= 2 * HALF) return;
    this.#left += this.#tail.length - HALF;
    this.#tail = this.#tail.slice(-HALF);
  }

  text() {
    const over = Math.max(0, this.#tail.length - HALF);
    const left = this.#left + over;
    return left > 0 ? `${this.#head}\n[${left} characters are left out]\n${this.#tail.slice(over)}` : this.#head + this.#tail;
  }
}

module.exports = { Log };
