(define-module (demo project)
  #:use-module (guix gexp)
  #:use-module (guix utils)
  #:use-module (guix git-download)
  #:autoload (guix build-system node)
  (node-build-system)
  #:export (demo demo/python))

(define %source-dir
  (current-source-directory))
(define demo
  (package
    (name "demo")
    (version "0.1.0")
    (source
     (local-file "."
                 "demo-checkout"
                 #:recursive? #t
                 #:select? (or (git-predicate %source-dir)
                               (const #t))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #t
      #:phases
      #~(modify-phases %standard-phases
          (add-after 'install 'wrap
            (lambda* (#:key inputs outputs #:allow-other-keys)
              (let ((out (assoc-ref outputs "out")))
                (wrap-program (string-append out "/bin/demo")
                  `("PATH" ":" prefix
                    (,(string-append (assoc-ref inputs "git") "/bin"))))))))))
    (inputs (list git node-left-pad))
    (synopsis #f)
    (description #f)
    (home-page #f)
    (license #f)))

(define-public demo/python
  (package/inherit demo
    (name "demo-python")
    (build-system pyproject-build-system)
    (arguments (substitute-keyword-arguments (package-arguments demo)
                 ((#:tests? _ #f)
                  #f)
                 ((#:phases phases
                   '%standard-phases)
                  #~(modify-phases #$phases
                      (replace 'check
                        (lambda* (#:key tests? #:allow-other-keys)
                          (when tests?
                            (invoke "pytest" "-vv"))))))))
    (native-search-paths (list (search-path-specification
                                (variable "DEMO_PATH")
                                (files '("share/demo")))))
    (supported-systems '("x86_64-linux" "aarch64-linux"))))

demo
