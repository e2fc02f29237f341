//! What a path's name says about a file.

/// The last part of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The extension in lower case, without its dot; empty where there is none (`.npmignore` has none).
pub(super) fn extension(path: &str) -> String {
    match base(path).rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// Licences, readmes and the like: what pnpm and lerna copy from the root of a workspace.
pub fn is_shared_document(path: &str) -> bool {
    const NAMES: [&str; 15] = [
        "license",
        "licence",
        "unlicense",
        "copying",
        "copyright",
        "notice",
        "patents",
        "readme",
        "changelog",
        "changes",
        "history",
        "authors",
        "contributors",
        "contributing",
        "security",
    ];
    let base = base(path).to_ascii_lowercase();
    let named = NAMES.iter().any(|name| {
        base.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    });
    named && !is_code_extension(&extension(path)) && !is_binary_name(path) && !is_data(path)
}

/// What programs read, whatever else its name says (`changes.json`, `security.yml`).
fn is_data(path: &str) -> bool {
    const DATA: [&str; 12] =
        ["json", "json5", "jsonc", "yaml", "yml", "toml", "xml", "css", "scss", "less", "map", "csv"];
    DATA.contains(&extension(path).as_str())
}

/// Text for people, which no program reads.
pub(super) fn is_document(path: &str) -> bool {
    is_shared_document(path) || ["md", "markdown", "mkd", "rst", "adoc"].contains(&extension(path).as_str())
}

/// What packing sweeps up by accident.
pub(super) fn is_junk(path: &str) -> bool {
    let base = base(path);
    base == ".DS_Store"
        || base == "Thumbs.db"
        || base.starts_with("._")
        || base.ends_with('~')
        || ["log", "swp", "swo", "orig", "rej", "bak"].contains(&extension(path).as_str())
        || base.ends_with(".tsbuildinfo")
}

/// What tools read where a package is written, and nothing where it is installed; only at a package's root, as further
/// down it may be material of the package's own.
pub(super) fn is_inert(path: &str) -> bool {
    const INERT: [&str; 14] = [
        ".npmignore",
        ".gitignore",
        ".gitattributes",
        ".editorconfig",
        ".prettierignore",
        ".eslintignore",
        ".yarnrc",
        ".yarnrc.yml",
        ".nvmrc",
        "yarn.lock",
        "package-lock.json",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
    ];
    INERT.contains(&path)
}

/// A file that holds the version and little else, written at release.
pub(super) fn is_version_file(path: &str) -> bool {
    let base = base(path).to_ascii_lowercase();
    let stem = base.split('.').next().unwrap_or_default();
    ["version", "_version", "__version__"].contains(&stem)
}

fn is_code_extension(extension: &str) -> bool {
    const CODE: [&str; 34] = [
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "coffee", "ls", "vue", "svelte", "astro", "py",
        "rb", "pl", "php", "lua", "c", "cc", "cpp", "cxx", "h", "hpp", "rs", "go", "java", "sh", "bash",
        "ps1", "bat", "cmd", "gyp", "gypi",
    ];
    CODE.contains(&extension)
}

/// Code that a person could have written: what has no business in a package if no commit holds it. Type
/// declarations are not (no program runs them); a name without extension is (programs in `bin`).
pub(super) fn is_source_like(path: &str) -> bool {
    if is_declaration(path) || is_document(path) || is_junk(path) {
        return false;
    }
    let extension = extension(path);
    extension.is_empty() && !base(path).starts_with('.') || is_code_extension(&extension)
}

pub(super) fn is_declaration(path: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| path.ends_with(end))
}

/// Compiled code, by name.
pub fn is_binary_name(path: &str) -> bool {
    const BINARY: [&str; 20] = [
        "wasm", "node", "exe", "dll", "so", "dylib", "a", "o", "lib", "obj", "jar", "class", "pyc", "bin",
        "com", "msi", "deb", "rpm", "dmg", "apk",
    ];
    let base = base(path);
    BINARY.contains(&extension(path).as_str()) || base.contains(".so.")
}

/// Images, fonts, sounds, and the files of programs that draw: binary, but nothing runs them.
pub(super) fn is_media(path: &str) -> bool {
    const MEDIA: [&str; 36] = [
        "png", "jpg", "jpeg", "gif", "ico", "icns", "webp", "avif", "bmp", "tif", "tiff", "psd", "svg",
        "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "ogg", "wav", "webm", "mov", "flac",
        "cur", "heic", "xcf", "ai", "blend", "sketch", "opus", "m4a", "mkv", "avi",
    ];
    MEDIA.contains(&extension(path).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents() {
        for path in ["LICENSE", "LICENSE-MIT", "docs/api.md", "README", "CHANGELOG.txt", "licence.txt"] {
            assert!(is_document(path), "{path}");
        }
        for path in [
            "license.js",
            "historyView",
            "readme.cjs",
            "index.js",
            "data.txt",
            "changes.json",
            "security.wasm",
            "history.node",
        ] {
            assert!(!is_document(path), "{path}");
        }
    }

    #[test]
    fn source_like() {
        for path in ["index.js", "bin/cli", "src/a.ts", "binding.gyp", "scripts/postinstall.sh"] {
            assert!(is_source_like(path), "{path}");
        }
        for path in ["index.d.ts", "LICENSE", ".npmignore", "data.json", "a.css", "x.wasm"] {
            assert!(!is_source_like(path), "{path}");
        }
    }

    #[test]
    fn version_files() {
        assert!(
            is_version_file("src/version.ts") && is_version_file("VERSION") && is_version_file("_version.js")
        );
        assert!(!is_version_file("versions.js"));
    }
}
