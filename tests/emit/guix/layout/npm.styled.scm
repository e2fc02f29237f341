(define-module (demo packages node)
  #:use-module (guix build-system node)
  #:use-module (guix gexp)
  #:use-module (guix git-download)
  #:use-module ((guix licenses)
                #:prefix license:)
  #:use-module (guix packages))

(define-public node-left-pad
  (package
    (name "node-left-pad")
    (version "1.3.0")
    (source
     (origin
       (method git-fetch)
       (uri (git-reference
             (url "https://git.example/left-pad/left-pad.git")
             (commit (string-append "v" version))))
       (file-name (git-file-name name version))
       (sha256
        (base32 "0mjvb0b51ivwi9sfkiqnjbj2y1rfblydnb0s4wdk46c7lsf1jisg"))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f ;no test suite in the commit
      #:phases
      #~(modify-phases %standard-phases
          (delete 'build)
          (add-after 'patch-dependencies 'delete-dev-dependencies
            (lambda _
              (modify-json (delete-dependencies '("benchmark" "fast-check"
                                                  "tape"))))))))
    (inputs (list node-ms))
    (home-page "https://git.example/left-pad/left-pad")
    (synopsis "String left pad")
    (description "This package pads a string on its left side.")
    (license license:wtfpl2)))

(define-public node-ms-2.0.0
  (package
    (inherit node-ms)
    (name "node-ms")
    (version "2.0.0")
    (source
     (origin
       (method url-fetch)
       (uri "https://files.example/ms/-/ms-2.0.0.tgz")
       (sha256
        (base32 "1jrysw9zx14av3jdvc3kywc3xkjqxh748g4s6p1iy634i2mm489n"))))
    (properties '((upstream-name . "ms") (hidden? . #t)))))

(define-public node-scope-of-a-company-name-with-several-words-in-it-2.1.0-alpha.7
  (package
    (name "node-scope-of-a-company-name-with-several-words-in-it")
    (version "2.1.0-alpha.7")
    (source
     #f)
    (build-system node-build-system)
    (arguments
     (list
      #:modules '((guix build node-build-system)
                  (guix build utils)
                  (ice-9 match)
                  (srfi srfi-1))
      #:phases
      #~(modify-phases %standard-phases
          (add-after 'unpack 'enter-folder
            (lambda _
              (chdir "packages/name-with-several-words-in-it")))
          (add-before 'configure 'remove-scripts
            (lambda _
              (modify-json (delete-fields '("scripts" "devDependencies"))
                           (lambda (manifest)
                             (acons "type" "module" manifest)))))
          (replace 'build
            (lambda* (#:key inputs #:allow-other-keys)
              (invoke (search-input-file inputs "/bin/esbuild") "--bundle"
                      "--platform=node" "--outfile=dist/index.js"
                      "src/index.ts")))
          (delete 'check))))
    (native-inputs (list esbuild))
    (inputs (list
             node-scope-of-a-company-another-name-with-several-words-in-it-2.1.0-alpha.7
             node-ms node-ms-2.0.0))
    (synopsis "Words")
    (description "")
    (home-page "https://example.org")
    (license (list license:expat license:asl2.0))))
