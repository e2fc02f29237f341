//! Whether a machine wrote a file of code, by what it wrote: for Python and C by what stands at its top ([`head`]), for
//! JavaScript and style sheets by all of it.
//!
//! Names do not tell: `moment.js` is a bundle, `lib/` may hold Babel's output. What tells are the marks that tools
//! leave and people do not: each rule below is the text of one tool, at the place where that tool puts it (most at the
//! start of a line, so that code which writes or describes such text is not taken for it). Measured on 3,569 files
//! in the sources of 43 packages (webpack, eslint, mocha, express, lodash, ...), the rules find fewer than 70, nearly all
//! of them copied output or made by a generator.

mod head;
mod helpers;

use memchr::memmem;

use super::Looks;
use head::Language;

/// Bytes from which long lines count, and from which dense ones do: below, a person may write a line or two like it.
const LONG_FROM: usize = 5_000;
const DENSE_FROM: usize = 512;
/// Average bytes of a line beyond which no person wrote it.
const LONG_LINE: usize = 500;
/// Average bytes of a line of code without white space: minifiers break lines where they are told to, some at 80
/// bytes. Lists of `require` are as dense, in shorter lines.
const DENSE_LINE: usize = 70;
/// Of so many bytes one is white space in dense code. What people write has one in four to twelve.
const DENSE: usize = 17;
/// Where a file's head ends: what is said of the whole file stands there.
const HEAD: usize = 4 << 10;
/// Where the address of a source map begins, from the end.
const TAIL: usize = 1 << 10;

/// What a text file of code looks like.
pub(super) fn looks(path: &str, bytes: &[u8]) -> Option<Looks> {
    let language = Language::of(path)?;
    if *language != head::SCRIPTS {
        let long = has_long_lines(bytes).then_some(Looks::Minified);
        return long.or_else(|| language.names_tool(bytes).then_some(Looks::Built));
    }
    if [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end)) {
        None
    } else if is_minified(bytes) {
        Some(Looks::Minified)
    } else if language.names_tool(bytes) || is_obfuscated(bytes) || is_target(path) && is_built(bytes) {
        Some(Looks::Built)
    } else {
        None
    }
}

/// Whether transpilers and bundlers write files of this kind: they read the others.
fn is_target(path: &str) -> bool {
    [".js", ".cjs", ".mjs", ".css"].iter().any(|end| path.ends_with(end))
}

fn is_minified(bytes: &[u8]) -> bool {
    let lines = lines(bytes);
    let white = || bytes.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    has_long_lines(bytes)
        || bytes.len() > DENSE_FROM && bytes.len() > DENSE_LINE * lines && white() * DENSE < bytes.len()
}

fn has_long_lines(bytes: &[u8]) -> bool {
    bytes.len() > LONG_FROM && bytes.len() > LONG_LINE * lines(bytes)
}

fn lines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count() + 1
}

fn is_built(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    starts(tail, &SOURCE_MAP)
        || contains(head, &WRAPPERS)
        || starts(head, &MODULE)
        || starts(bytes, &RUNTIMES)
        || contains(bytes, &TRACES)
        || helpers::has_helper(bytes)
}

/// Where the map is that leads back to what the file was made from.
const SOURCE_MAP: [&str; 4] =
    ["//# sourceMappingURL=", "//@ sourceMappingURL=", "/*# sourceMappingURL=", "/*@ sourceMappingURL="];

/// What Rollup and Browserify wrap a bundle in. People's own wrappers for several module systems are written as
/// statements, not as one expression.
const WRAPPERS: [&str; 7] = [
    "typeof module !== 'undefined' ? module.exports = factory(",
    "typeof module !== 'undefined' ? factory(",
    "\"undefined\"!=typeof module?",
    "{if(typeof exports===\"object\"&&typeof module!==\"undefined\"){module.exports=f()",
    "(function e(t,n,r){function s(o,u)",
    "(function(){function r(e,n,t){function o(i,f)",
    "(function(){function e(t,n,r){function s(o,u)",
];

/// How compilers say that a CommonJS module was an ES module.
const MODULE: [&str; 6] = [
    "Object.defineProperty(exports, \"__esModule\", {",
    "Object.defineProperty(exports, '__esModule', {",
    "\"use strict\";Object.defineProperty(exports,\"__esModule\",{",
    "Object.defineProperty(exports,\"__esModule\",{",
    "exports.__esModule = true;",
    "exports.__esModule=!0;",
];

/// Statements of the run-time parts that bundlers and compilers put into what they make.
const RUNTIMES: [&str; 29] = [
    // webpack, Parcel
    "function __webpack_require__(",
    "(function webpackUniversalModuleDefinition(",
    "var __webpack_modules__ =",
    "var __webpack_exports__ =",
    "parcelRequire=",
    "parcelRequire =",
    // esbuild
    "var __defProp = Object.defineProperty",
    "var __getOwnPropNames = Object.getOwnPropertyNames",
    "var __commonJS = (",
    "var __toESM = (",
    "var __export = (",
    "var __require = /* @__PURE__ */",
    // Babel: what it makes of classes, spread and destructuring
    "var _createClass = function",
    "var _typeof = typeof Symbol",
    "var _extends = Object.assign ||",
    "var _slicedToArray = function",
    "var _require = require(",
    "var _require2 = require(",
    "var _require$",
    "var _this2 = this;",
    "var _iteratorNormalCompletion = ",
    "for (var _len = arguments.length",
    "for (var _len2 = arguments.length",
    // Closure compiler, Emscripten
    "var $jscomp",
    "var Module=typeof ",
    "var Module = typeof Module ",
    // The tool that makes readable-stream of Node's own streams
    "/*<replacement>*/",
    // TypeScript, with its library of helpers
    "const tslib_1 = require(\"tslib\")",
    "var tslib_1 = require(\"tslib\")",
];

/// Expressions that a compiler writes.
const TRACES: [&str; 7] = [
    // A parameter with a default value.
    "] !== undefined ? arguments[",
    "] !== void 0 ? arguments[",
    "$jscomp.scope",
    "$jscomp=$jscomp||{}",
    "babelHelpers.",
    "__wbindgen_placeholder__",
    "_regeneratorRuntime().mark(",
];

/// Names such as `_0x3f2a1c`, many of them.
fn is_obfuscated(bytes: &[u8]) -> bool {
    let is_name = |at: &usize| {
        let digits = bytes[at + 3..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        (4..=6).contains(&digits)
    };
    memmem::find_iter(bytes, b"_0x").filter(is_name).nth(15).is_some()
}

fn contains(bytes: &[u8], needles: &[&str]) -> bool {
    needles.iter().any(|needle| memmem::find(bytes, needle.as_bytes()).is_some())
}

/// Whether a line begins with one of the texts; webpack puts `/******/` before each of its own.
fn starts(bytes: &[u8], needles: &[&str]) -> bool {
    needles.iter().any(|needle| memmem::find_iter(bytes, needle.as_bytes()).any(|at| is_start(bytes, at)))
}

/// Whether nothing but white space stands before a place in its line, and what bundlers put there.
fn is_start(bytes: &[u8], at: usize) -> bool {
    let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let before = bytes[line..at].trim_ascii();
    matches!(before, b"" | b"/******/" | b";" | b"!")
}

#[cfg(test)]
mod tests;
