#!/usr/bin/env node
// Prints what the other workspace's native addon made of a text.
exports.name = 'greet';
if (require.main === module) console.log(require('@mono/bits').twice('mono works'));
