;;; Prints what Guix has, a line for each variable that holds a package: read by src/upstream/guix/listing.rs.

(use-modules (gnu packages)
             (guix build-system)
             (guix discovery)
             (guix git-download)
             (guix packages)
             (ice-9 match)
             (srfi srfi-1))

(define (one-line value)
  (string-map (lambda (c)
                (if (char-set-contains? char-set:whitespace c) #\space c))
              (if (string? value) value "")))

(define (words name)
  (string-join (map symbol->string name) " "))

;; Where the source is from.
(define (address package)
  (match (package-source package)
    ((? origin? source)
     (match (origin-uri source)
       ((? string? uri) uri)
       (((? string? uri) _ ...) uri)
       ((? git-reference? reference) (git-reference-url reference))
       (_ #f)))
    (_ #f)))

(define (print . fields)
  (display (string-join (map one-line fields) "\t"))
  (newline))

(for-each
 (lambda (module)
   (define name
     (module-name module))
   ;; Those of other channels are not Guix's own.
   (when (eq? (first name) 'gnu)
     (module-for-each
      (lambda (variable box)
        (define value
          (variable-ref box))
        (when (package? value)
          (print "package"
                 (symbol->string variable)
                 (package-name value)
                 (package-version value)
                 (words name)
                 (symbol->string
                  (build-system-name (package-build-system value)))
                 (assq-ref (package-properties value) 'upstream-name)
                 (address value)
                 (if (or (hidden-package? value)
                         (package-superseded value))
                     "hidden" ""))))
      module)
     (for-each (lambda (used)
                 (print "uses" (words name) (words (module-name used))))
               (module-uses (resolve-module name)))))
 (all-modules (%package-module-path)))
