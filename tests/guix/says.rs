//! What `guix lint` and `guix style` have to say reaches a test.

use crate::support::guix::Guix;

/// A module of one package; `{}` is the package's synopsis and description.
fn module(synopsis: &str, description: &str) -> String {
    format!(
        "(define-module (my packages)
  #:use-module (guix packages)
  #:use-module (guix download)
  #:use-module (guix build-system node)
  #:use-module ((guix licenses)
                #:prefix license:))

(define-public node-hello
  (package
    (name \"node-hello\")
    (version \"1.0.0\")
    (source
     (origin
       (method url-fetch)
       (uri \"https://example.org/node-hello-1.0.0.tar.gz\")
       (sha256
        (base32 \"0000000000000000000000000000000000000000000000000000\"))))
    (build-system node-build-system)
    (home-page \"https://example.org/\")
    (synopsis \"{synopsis}\")
    (description \"{description}\")
    (license license:expat)))
"
    )
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_warning_of_lint_is_reported() {
    let guix = Guix::here();
    let modules = |text: &str| {
        let file = guix.write("modules/my/packages.scm", text);
        let folder = file.strip_suffix("/my/packages.scm").expect("the folder").to_owned();
        guix.lint(&folder, &["node-hello"])
    };
    assert_eq!(modules(&module("Greet the world", "This package greets the world.")), [""; 0]);

    let warnings = modules(&module("A greeting.", "This package greets the world"));
    let told: Vec<_> = warnings.iter().filter_map(|line| line.split("node-hello@1.0.0: ").nth(1)).collect();
    assert_eq!(
        told,
        [
            "description should end with a period",
            "no period allowed at the end of the synopsis",
            "no article allowed at the beginning of the synopsis",
        ]
    );
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_style_of_ones_own_is_corrected() {
    let guix = Guix::here();
    let good = module("Greet the world", "This package greets the world.");
    assert_eq!(guix.style(&good), good);
    assert_eq!(guix.style(&good.replace("\n    (version", " (version")), good);
}

#[test]
#[ignore = "needs a root with Guix"]
fn what_does_not_evaluate_has_no_derivation() {
    let guix = Guix::here();
    let file = guix.write("guix.scm", "(use-modules (guix packages))\n(package (name \"x\"))\n");
    let error = guix.derivations(&["-f", &file]).expect_err("fields are missing");
    assert!(error.contains("missing field initializers"), "{error}");
}

/// What the formatter's own tests hold it to is what the real one does.
#[test]
#[ignore = "needs a root with Guix"]
fn the_layouts_that_the_formatter_is_tested_with() {
    let guix = Guix::here();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit/guix/layout");
    let mut count = 0;
    for entry in folder.read_dir().expect("a folder").flatten() {
        let name = entry.file_name().display().to_string();
        let Some(stem) = name.strip_suffix(".styled.scm") else { continue };
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
        assert_eq!(guix.style(&read(&format!("{stem}.scm"))), read(&name), "{stem}");
        count += 1;
    }
    assert!(count >= 10, "{count} layouts");
}

/// No name of a package is one of the modules that definitions are written with, but for those that are known.
#[test]
#[ignore = "needs a root with Guix"]
fn names_that_modules_of_guix_have() {
    let guix = Guix::here();
    let script = "(for-each (lambda (module)
  (module-for-each (lambda (name _)
                     (when (or-map (lambda (start) (string-prefix? start (symbol->string name)))
                                   '(\"node-\" \"python-\"))
                       (format #t \"~a~%\" name)))
                   (resolve-interface module)))
  '((guix packages) (guix gexp) (guix utils) (guix download) (guix git-download) (guix profiles)
    (guix build-system node) (guix build-system pyproject) (guix build-system trivial) (guix build-system copy)
    (guix build-system cargo) (ice-9 ftw) (ice-9 match)))\n";
    let file = guix.write("names.scm", script);
    let run = guix.run("/", &["guix", "repl", &file]).expect(0);
    let mut names: Vec<_> = run.stdout.lines().collect();
    names.sort_unstable();
    assert_eq!(names, headwater::emit::guix::names::OF_GUIX);
}
