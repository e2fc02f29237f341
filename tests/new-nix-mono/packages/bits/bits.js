// The compiled addon itself, not the JavaScript that bufferutil falls back to; and the workspace that requires this one.
const path = require('path').dirname(require.resolve('bufferutil/package.json'));
const { mask, unmask } = require(path + '/build/Release/bufferutil.node');
const { name } = require('@mono/greet');

exports.twice = (text) => {
  const key = Buffer.from([1, 2, 3, 4]);
  const masked = Buffer.alloc(text.length);
  mask(Buffer.from(text), key, masked, 0, text.length);
  const differs = masked.toString() !== text;
  unmask(masked, key);
  return `${name}: ${masked} ${differs}`;
};
