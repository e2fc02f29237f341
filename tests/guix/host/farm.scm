;;; Packages that are links to what this machine has: no bootstrap, no substitutes, no compiling of a
;;; toolchain.  For tests only: what is built with them depends on /usr.

(define-module (host farm)
  #:use-module (guix gexp)
  #:use-module (guix monads)
  #:use-module (guix packages)
  #:use-module (guix build-system)
  #:use-module (guix derivations)
  #:use-module (guix store)
  #:use-module ((guix licenses) #:prefix license:)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:export (output-line
            farm
            tools
            c-library))

(define (output-line . command)
  "The first line that COMMAND prints, or the empty string."
  (let* ((port (apply open-pipe* OPEN_READ command))
         (line (read-line port)))
    (close-pipe port)
    (if (eof-object? line) "" line)))

;;; The daemon wants a builder whose real path lies in the store: a copy of the shell.
(define shell
  (local-file (canonicalize-path "/bin/sh") "sh"
              #:recursive? #t))

(define* (build name inputs #:key outputs system script #:allow-other-keys)
  (mlet %store-monad ((sh (lower-object shell system)))
    (raw-derivation name sh
                    (list "-euc" (string-append "export PATH=/usr/bin:/bin\n" script))
                    #:sources (list sh)
                    #:system system
                    #:outputs outputs
                    #:local-build? #t)))

(define farm-build-system
  (build-system
    (name 'farm)
    (description "Links to what this machine has")
    (lower (lambda* (name #:key outputs system target script #:allow-other-keys)
             (bag
               (name name)
               (system system)
               (target target)
               (outputs outputs)
               (build build)
               (arguments (list #:script script)))))))

(define* (farm name script
               #:key (version "0") (outputs '("out")) (search-paths '())
               (inputs '()))
  "A package that a shell SCRIPT makes in $out and its other OUTPUTS."
  (package
    (name name)
    (version version)
    (source #f)
    (build-system farm-build-system)
    (outputs outputs)
    (arguments (list #:script script))
    (native-search-paths search-paths)
    (inputs inputs)
    (home-page #f)
    (synopsis "Host tool")
    (description "Host tool.")
    (license license:gpl3+)))

;;; Read while evaluating, so that a change of the machine changes the derivation.
(define (files-of debian-package)
  "The files of a DEBIAN-PACKAGE that is installed."
  (let* ((base (string-append "/var/lib/dpkg/info/" debian-package))
         (architecture (output-line "dpkg" "--print-architecture"))
         (listing (find file-exists?
                     (list (string-append base ".list")
                           (string-append base ":" architecture ".list")))))
    (unless listing
      (error "not installed in this root:" debian-package))
    (string-split (call-with-input-file listing get-string-all) #\newline)))

(define (link from to)
  (string-append "ln -s '" from "' \"" to "\"\n"))

(define* (tools name debian-packages
                #:key (extra "") (search-paths '()) (outputs '("out")))
  "A package of every program of DEBIAN-PACKAGES, and what the script EXTRA adds,
which makes all OUTPUTS but the first."
  (define programs
    (filter (lambda (file)
              (member (dirname file) '("/bin" "/sbin" "/usr/bin" "/usr/sbin")))
            (append-map files-of debian-packages)))
  (farm name
        (string-append
         "mkdir -p $out/bin\n"
         (string-concatenate
          (map (lambda (file)
                 (link file (string-append "$out/bin/" (basename file))))
               (delete-duplicates programs
                                  (lambda (a b)
                                    (string=? (basename a) (basename b))))))
         extra)
        #:outputs outputs
        #:search-paths search-paths))

(define* (c-library name debian-package)
  "A package of the headers, libraries and pkg-config files of a DEBIAN-PACKAGE."
  (define (below folder file)
    (and=> (string-contains file folder)
           (lambda (start)
             (substring file (+ start (string-length folder))))))
  (define (placed file)
    (cond ((below "/usr/include/" file)
           => (lambda (rest) (string-append "include/" rest)))
          ((below "/pkgconfig/" file)
           => (lambda (rest) (string-append "lib/pkgconfig/" rest)))
          ((and (string-prefix? "/usr/lib/" file)
                (or (string-contains file ".so") (string-suffix? ".a" file)))
           (string-append "lib/" (basename file)))
          ((string-prefix? "/usr/bin/" file)
           (string-append "bin/" (basename file)))
          (else #f)))
  (farm name
        (string-concatenate
         (cons "mkdir -p $out/lib $out/include\n"
               (filter-map
                (lambda (file)
                  (let ((place (and (file-exists? file)
                                    (not (file-is-directory? file))
                                    (placed file))))
                    (and place
                         (string-append "mkdir -p \"$out/" (dirname place) "\"\n"
                                        (link file (string-append "$out/" place))))))
                (files-of debian-package))))))
