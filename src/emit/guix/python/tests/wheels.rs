//! Packages that are taken as wheels, and those that Guix cannot have at all.

use super::*;

fn taken(text: &str, wheels: &[&str]) -> (Key, Package) {
    let (key, mut package) = package(text, &[], &[]);
    package.source = Source::Wheels { wheels: wheels.iter().map(|wheel| archive(wheel)).collect() };
    (key, package)
}

/// A release for other systems alone, and one for another Python: whoever builds it is told which one it is.
#[test]
fn what_no_wheel_fits_fails_by_its_name() {
    let mut packages = vec![
        package("a@1", &["gone@306", "never@1 ; sys_platform == 'win32'"], &[]),
        taken("gone@306", &["gone-306-cp311-cp311-win_amd64.whl"]),
        taken("never@1", &["never-1-cp311-cp311-win_amd64.whl"]),
        taken("newer@2", &["newer-2-cp312-cp312-manylinux_2_17_x86_64.whl"]),
        taken("later@3", &["later-3-cp312-cp312-manylinux_2_17_x86_64.whl"]),
        taken("never@2", &["never-2-cp312-cp312-win_amd64.whl"]),
    ];
    packages[1].1.build.build_inputs = vec!["openssl".into()];
    let later = ["later@3 ; python_version >= '3.12'", "never@2 ; python_version >= '3.12'"];
    let project = project(packages, &[&["a@1", "gone@306", "newer@2"], &later[..]].concat());
    let emitted = emitted(&project, &More::default());
    // Of Guix's Python 3.11, which is what is there.
    let said = ["gone@306", "newer@2"].map(|key| format!("{key} has no file that Guix could install"));
    assert_eq!(emitted.warnings, said);
    assert!(!emitted.builds);
    let text = &emitted.files["modules/my-app/packages/python.scm"];
    assert_eq!(field(text, "python-a", "propagated-inputs"), "(list python-gone))");
    let fails = format!("(replace 'unpack (lambda _ (error \"{}\")", said[0]);
    assert_eq!(field(text, "python-gone", "source"), "#f)");
    assert!(field(text, "python-gone", "arguments").contains(&fails), "{text}");
    assert!(definition(text, "python-newer").contains(&said[1]));
    assert!(definition(text, "python-later").contains("(error \"no wheel of later@3 fits\")"));
    assert!(!text.contains("\"never-1"));
}

/// A wheel of the project is no checkout, whatever its build would have needed, and its name may be none of the store's.
#[test]
fn a_wheel_of_the_project_is_installed() {
    let (key, mut own) = package("own@1!2", &[], &["setuptools-scm@9"]);
    own.source = Source::Local { local: Location::new("dist/own-1!2-py3-none-any.whl").unwrap() };
    let project = project(vec![(key, own), package("setuptools-scm@9", &[], &[])], &["own@1!2"]);
    let text = module(&project);
    let source = "(local-file (string-append %project-folder \"/dist/own-1!2-py3-none-any.whl\") \
        \"own-1-2-py3-none-any.whl\"))";
    assert_eq!(field(&text, "python-own", "source"), source);
    let arguments = field(&text, "python-own", "arguments");
    assert!(arguments.contains("(install-file source \"dist\")"), "{arguments}");
    assert!(!arguments.contains("SETUPTOOLS_SCM"), "{arguments}");
}

fn definition<'a>(module: &'a str, variable: &str) -> &'a str {
    let from = module.split_once(&format!("(define-public {variable}\n")).unwrap().1;
    from.split("\n\n").next().unwrap()
}
