//! Which forms Guix lays out in their own way: the data of `(guix read-print)`, Guix 1.5.

/// The symbols that begin the surrounding lists, the innermost last; `None` where a list begins otherwise.
pub type Context<'d> = Vec<Option<&'d str>>;

/// Whether the innermost lists begin with these symbols, the innermost first.
pub fn is_within(context: &[Option<&str>], names: &[&str]) -> bool {
    names.len() <= context.len()
        && names.iter().zip(context.iter().rev()).all(|(name, at)| *at == Some(*name))
}

/// How many arguments stay on the line of a form whose body is indented by two; `None` for other forms.
pub fn lead(name: &str, context: &[Option<&str>]) -> Option<usize> {
    let lead = match name {
        "begin" | "cond" | "match-lambda" | "match-lambda*" => 0,
        "package" | "origin" | "channel" => 0,
        "operating-system"
        | "bootloader-configuration"
        | "mapped-device"
        | "file-system"
        | "swap-space"
        | "user-account"
        | "user-group"
        | "privileged-program"
        | "home-environment" => 0,
        "case"
        | "lambda"
        | "lambda*"
        | "let"
        | "let*"
        | "letrec"
        | "letrec*"
        | "match"
        | "when"
        | "unless"
        | "match-record-lambda"
        | "parameterize" => 1,
        "define"
        | "define*"
        | "define-public"
        | "define*-public"
        | "define-syntax"
        | "define-syntax-rule"
        | "define-module"
        | "define-gexp-compiler"
        | "define-record-type"
        | "define-configuration"
        | "package/inherit" => 1,
        "modify-inputs"
        | "modify-phases"
        | "modify-services"
        | "substitute*"
        | "substitute-keyword-arguments" => 1,
        "call-with-input-file"
        | "call-with-output-file"
        | "with-output-to-file"
        | "with-input-from-file"
        | "with-directory-excursion"
        | "wrap-program"
        | "wrap-script" => 1,
        "match-record" => 2,
        "define-record-type*" => 3,
        // Of a phase, not of `modify-inputs`.
        "add-after" | "add-before" if is_within(context, &["modify-phases"]) => 2,
        "replace" if is_within(context, &["modify-phases"]) => 1,
        _ => return None,
    };
    Some(lead)
}

/// Whether a form's arguments begin on the line after its name.
pub fn breaks_after_name(name: &str, context: &[Option<&str>]) -> bool {
    let within: &[&[&str]] = match name {
        "source" | "arguments" | "search-paths" | "native-search-paths" => &[&["package"]],
        "git-reference" => &[&["uri", "origin", "source"]],
        "sha256" => &[&["origin", "source", "package"]],
        "list" => &[&["arguments", "package"]],
        "search-path-specification" | "set-xorg-configuration" => &[&[]],
        "services" => &[&["operating-system"], &["home-environment"]],
        "home-bash-configuration" => &[&["service"]],
        "introduction" => &[&["channel"]],
        _ => return false,
    };
    within.iter().any(|names| is_within(context, names))
}

/// Whether a string that is this form's argument keeps its line breaks and tabs.
pub fn keeps_white_space(name: &str) -> bool {
    matches!(name, "synopsis" | "description" | "G_" | "N_")
}

/// The base that integers are written in: 8 for file modes, 16 for masks.
pub fn base(context: &[Option<&str>]) -> u32 {
    let octal = |name: &Option<&str>| matches!(name, Some("chmod" | "umask" | "mkdir" | "mkstemp"));
    match context.last() {
        Some(name) if octal(name) => 8,
        Some(Some("logand" | "logior" | "logxor" | "lognot")) => {
            if context.iter().any(octal) {
                8
            } else {
                16
            }
        }
        _ => 10,
    }
}
