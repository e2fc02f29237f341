use super::*;

const LISTED: &str = "\
package\tnode-ms\tnode-ms\t2.1.3\tgnu packages node-xyz\tnode\t\thttps://github.com/o/ms\t
package\tnode-ms-bootstrap\tnode-ms\t2.1.2\tgnu packages node\tnode\t\t\thidden
package\tnode-core\tnode-core\t1.0.0\tgnu packages node-xyz\tnode\t@a/core\t\t
package\tpython-numpy\tpython-numpy\t1.26.4\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-numpy-2\tpython-numpy\t2.3.1\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-pyqt\tpython-pyqt\t5.15\tgnu packages qt\tpyproject\t\thttps://e.org/packages/source/P/PyQt5/PyQt5-5.15.tar.gz\t
package\tpython-foo\tpython-foo\t1.0\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/b/bar/bar-1.0.tar.gz\t
package\tpython-click-7\tpython-click\t7.1\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/c/click/click-7.1.tar.gz\t
package\tpython-click\tpython-click\t8.1\tgnu packages python-xyz\tpyproject\t\thttps://github.com/pallets/click\t
package\tpython-flit-core\tpython-flit-core\t3.8\tgnu packages python-build\tpyproject\t\thttps://e.org/packages/source/f/flit/flit-3.8.tar.gz\t
package\tmeson\tmeson\t1.5\tgnu packages build-tools\tpython\t\thttps://github.com/mesonbuild/meson\t
package\tzlib\tzlib\t1.3\tgnu packages compression\tgnu\t\t\t
uses\tgnu packages node-xyz\tgnu packages sqlite
nonsense";

#[test]
fn packages_by_their_upstream_names() {
    let listing = Listing::read(LISTED);
    let found = |ecosystem, name: &str, version: &str| {
        let answer = listing.find(ecosystem, name, |known| version.is_empty() || known.starts_with(version));
        match answer {
            Answer::Fits(row) => row.variable.clone(),
            Answer::Other(row) => format!("not {}", row.variable),
            Answer::Nothing => String::new(),
        }
    };
    for (ecosystem, name, version, expected) in [
        (Ecosystem::Npm, "ms", "", "node-ms"),
        (Ecosystem::Npm, "ms", "2.1.2", "not node-ms"),
        (Ecosystem::Npm, "@a/core", "", "node-core"),
        (Ecosystem::Npm, "core", "", ""),
        (Ecosystem::Npm, "zlib", "", ""),
        (Ecosystem::Python, "numpy", "", "python-numpy"),
        (Ecosystem::Python, "NumPy", "2.", "python-numpy-2"),
        (Ecosystem::Python, "numpy", "3.", "not python-numpy"),
        (Ecosystem::Python, "pyqt5", "", "python-pyqt"),
        // Of that name, and of another project.
        (Ecosystem::Python, "foo", "", ""),
        (Ecosystem::Python, "bar", "", "python-foo"),
        (Ecosystem::Python, "click", "", "python-click"),
        (Ecosystem::Python, "click", "7", "python-click-7"),
        (Ecosystem::Python, "flit-core", "", "python-flit-core"),
        (Ecosystem::Python, "meson", "", "meson"),
        (Ecosystem::Python, "zlib", "", ""),
    ] {
        assert_eq!(found(ecosystem, name, version), expected, "{name} {version}");
    }
    assert_eq!(listing.variable("zlib").unwrap().module, "gnu packages compression");
    assert!(listing.is_used("gnu packages node-xyz", "gnu packages sqlite"));
    assert!(!listing.is_used("gnu packages node-xyz", "gnu packages web"));
    assert!(Listing::read("").is_empty());
}
