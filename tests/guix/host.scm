;;; Runs a `guix' command in a root of `tests/guix/root' with what builds are made of (Guile, GCC, the
;;; core tools, Node, Python) replaced by this machine's own, so that a package and all its dependencies are
;;; really built, in seconds.
;;;
;;; usage: guix repl -L FOLDER-OF-THIS -- host.scm build --no-grafts -L CHANNEL node-foo
;;;
;;; Cap the memory (ulimit -v): a `guix shell' without `--bootstrap' looks at the whole distribution.

(use-modules (guix discovery)
             (guix ui)
             (gnu packages)
             (host packages)
             (ice-9 match))

;;; First of all, every package module: some make packages as they are loaded, by changing those that are
;;; replaced below.
(all-modules (%package-module-path))

(for-each
 (match-lambda
   ((name (values variables ...) ...)
    (let ((module (resolve-module name)))
      (for-each (lambda (value variables)
                  (for-each (lambda (variable)
                              (unless (module-variable module variable)
                                (error "Guix has no such variable:" name variable))
                              (module-set! module variable value))
                            variables))
                values variables))))
 replacements)

(match (command-line)
  ((_ command . arguments)
   (apply run-guix-command (string->symbol command) arguments)))
