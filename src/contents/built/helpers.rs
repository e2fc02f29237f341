//! Functions that compilers of JavaScript put into what they make, by their names.

use memchr::memmem;

use super::is_start;

/// Babel's helpers, without underscores and in lower case, as SWC spells the same ones in its own way. Names that
/// people choose too (`_get`, `_extends`, `_inherits`) are not among them: the others stand beside those.
const HELPERS: [&str; 48] = [
    "applydecorateddescriptor",
    "arraylikearray",
    "arrayliketoarray",
    "arraywithholes",
    "assertthisinitialized",
    "asyncgeneratorstep",
    "asynctogenerator",
    "awaitasyncgenerator",
    "callsuper",
    "classcallcheck",
    "classprivatefieldget",
    "classprivatefieldloosebase",
    "classprivatefieldset",
    "createclass",
    "createforofiteratorhelper",
    "createforofiteratorhelperloose",
    "createsuper",
    "defineproperties",
    "exportstar",
    "getprototypeof",
    "getrequirewildcardcache",
    "inheritsloose",
    "initializerdefineproperty",
    "interopdefault",
    "interopdefaultcompat",
    "interopdefaultlegacy",
    "interopnamespace",
    "interopnamespacecompat",
    "interopnamespacedefault",
    "interoprequiredefault",
    "interoprequirewildcard",
    "isnativereflectconstruct",
    "iterabletoarray",
    "iterabletoarraylimit",
    "nonenumerableprops",
    "noniterablerest",
    "noniterablespread",
    "objectspread",
    "objectspread2",
    "objectwithoutproperties",
    "objectwithoutpropertiesloose",
    "possibleconstructorreturn",
    "regeneratorruntime",
    "setprototypeof",
    "slicedtoarray",
    "taggedtemplateliteral",
    "toconsumablearray",
    "unsupportediterabletoarray",
];

/// Whether the file defines such a helper, or loads one.
pub(super) fn has_helper(bytes: &[u8]) -> bool {
    defines(bytes) || typescript(bytes) || loads(bytes) || calls(bytes)
}

/// `function _classCallCheck(instance, Constructor) {`
fn defines(bytes: &[u8]) -> bool {
    const FUNCTION: &[u8] = b"function _";
    memmem::find_iter(bytes, FUNCTION).any(|at| {
        let rest = &bytes[at + FUNCTION.len()..];
        let name = identifier(rest);
        let follows = rest[name.len()..].strip_prefix(b" ").unwrap_or(&rest[name.len()..]);
        let is = |text: &str| follows.starts_with(text.as_bytes());
        let plain: String = name.to_ascii_lowercase().replace('_', "");
        is_start(bytes, at)
            && is("(")
            && match plain.as_str() {
                "defineproperty" => is("(obj, key, value)") || is("(e, r, t)"),
                "extends" => is("() { _extends = Object.assign") || is("() {\n  _extends = Object.assign"),
                plain => HELPERS.binary_search(&plain).is_ok(),
            }
    })
}

/// `var __importDefault = (this && this.__importDefault) || function`, `import { __assign } from "tslib";`
fn typescript(bytes: &[u8]) -> bool {
    follows(bytes, &[" = (this && this.__"], &["var __", "const __", "let __"])
        || follows(bytes, &["} from \"tslib\"", "} from 'tslib'"], &["import { __"])
}

/// `var _x = _interopRequireDefault(require("x"));`, `import _extends from "@babel/runtime/helpers/extends";`
fn loads(bytes: &[u8]) -> bool {
    const LOADED: [&str; 8] = [
        "= _interopRequireDefault(",
        "= _interopRequireWildcard(",
        "= _interop_require_default",
        "= _interop_require_wildcard",
        "\"@babel/runtime",
        "'@babel/runtime",
        "\"babel-runtime/",
        "\"@swc/helpers",
    ];
    follows(bytes, &LOADED, &["var _", "const _", "let _", "import _"])
}

/// Whether a line holds one of the texts after having begun with one of the starts.
fn follows(bytes: &[u8], needles: &[&str], starts: &[&str]) -> bool {
    needles.iter().flat_map(|needle| memmem::find_iter(bytes, needle.as_bytes())).any(|at| {
        let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        let line = bytes[line..at].trim_ascii_start();
        starts.iter().any(|start| line.starts_with(start.as_bytes()))
    })
}

/// `(0, _x.default)(y)` of Babel, `(0, x_1.f)(y)` of TypeScript: a call of an import without its object.
fn calls(bytes: &[u8]) -> bool {
    const CALL: &[u8] = b"(0, ";
    memmem::find_iter(bytes, CALL).any(|at| {
        let rest = &bytes[at + CALL.len()..];
        let name = identifier(rest);
        let made = name.starts_with('_')
            || name.rsplit_once('_').is_some_and(|(stem, number)| {
                !stem.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            });
        let rest = &rest[name.len()..];
        let member = rest.strip_prefix(b".").map(|rest| (identifier(rest).len(), rest));
        let called = member.is_some_and(|(length, rest)| length > 0 && rest[length..].starts_with(b")("));
        made && (called || rest.starts_with(b"[\"default\"])("))
    })
}

/// The name that a text begins with.
fn identifier(bytes: &[u8]) -> &str {
    let length =
        bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')).count();
    std::str::from_utf8(&bytes[..length]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order() {
        assert!(HELPERS.is_sorted());
    }
}
