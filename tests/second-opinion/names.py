"""What the name of a file says: what nothing imports, builds or runs."""

import posixpath

DOCUMENTS = (
    "license licence unlicense copying copyright notice patents readme changelog changes history authors "
    "contributors contributing security"
).split()
CODE = (
    "js mjs cjs jsx ts mts cts tsx coffee ls vue svelte astro py pyw pyx pxd pxi pth pyc pyo pyd egg egg-link pyz whl "
    "jar so dll dylib exe rb pl php lua c cc cpp cxx h hpp f90 cu rs go java sh bash ps1 bat cmd gyp gypi node wasm"
).split()
TEXT = "md markdown mkd rst rest adoc asciidoc textile org txt html htm pdf rtf mit bsd apache gpl lgpl lesser".split()
RENDERED = "css js map inv xml json doctree buildinfo eps ps tex info ipynb 1".split()
MEDIA = (
    "png jpg jpeg gif ico icns webp avif bmp tif tiff psd svg pdf woff woff2 ttf otf eot mp3 mp4 ogg wav webm mov flac "
    "cur heic"
).split()
VERSION = "version _version __version__ _version_ __about__ _scm_version version_info".split()
LITTER = (".DS_Store", "Thumbs.db", ".gitignore", ".gitattributes", ".coverage", "py.typed")


def ending(path):
    """The extension without its dot, in lower case."""
    return posixpath.splitext(path)[1][1:].lower()


def is_run(path):
    """Whether something imports, compiles or starts a file of this name."""
    return ending(path) in CODE and not is_declaration(path) or ".so." in posixpath.basename(path)


def is_declaration(path):
    """Types of TypeScript, which no program runs."""
    return path.endswith((".d.ts", ".d.mts", ".d.cts"))


def is_shared_document(path):
    """What is copied from the top of a repository into its packages."""
    base = posixpath.basename(path).lower()
    named = any(base == name or base.startswith((name + ".", name + "-", name + "_")) for name in DOCUMENTS)
    return named and not is_run(path)


def is_document(path, data, executable):
    """Text for people."""
    end = ending(path)
    named = is_shared_document(path) or end in ("md", "markdown", "mkd", "rst", "adoc")
    program = not end and executable or b"\0" in data and end != "pdf"
    return named and (not end or end in TEXT or end.isdigit()) and not program


def is_rendered(path):
    """Documentation as tools write it."""
    return path.startswith(("doc/", "docs/")) and ending(path) in (*TEXT, *RENDERED, *MEDIA)


def is_media(path):
    """Pictures, fonts, sounds."""
    return ending(path) in MEDIA


def is_litter(path, files):
    """What was swept up, and does nothing."""
    base = posixpath.basename(path)
    folder, _, compiled = path.rpartition("__pycache__/")
    if compiled.endswith(".pyc") and compiled.count(".") > 1 and (not folder or folder.endswith("/")):
        return f"{folder}{compiled.split('.')[0]}.py" in files
    editors = (
        base.startswith("._") or base.endswith(("~", ".tsbuildinfo")) or len(base) > 1 and base[0] == base[-1] == "#"
    )
    return editors or base in LITTER or ending(path) in ("log", "swp", "swo", "orig", "rej", "bak")


def is_version(path):
    """A module, or a text, that holds the version."""
    stem, _, end = posixpath.basename(path).partition(".")
    return stem.lower() in VERSION and end in ("", "py", "txt")


def is_python_metadata(path):
    """What is written when a source archive or a wheel is packed, for an index to read."""
    within = any(part.endswith((".egg-info", ".dist-info")) for part in path.split("/"))
    return path == "PKG-INFO" or within and not is_run(path)
