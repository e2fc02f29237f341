(define-module (my packages node)
  #:use-module (gnu packages python)
  #:use-module (guix build-system node)
  #:use-module (guix download)
  #:use-module (guix gexp)
  #:use-module (guix git-download)
  #:use-module (guix packages)
  #:use-module ((guix licenses)
                #:prefix license:))

(define-public node-words
  (package
    (name "node-words")
    (version "1.0.0")
    (source
     (origin
       (method url-fetch)
       (uri "@REGISTRY@words/-/words-1.0.0.tgz")
       (sha256
        (base32 "@WORDS@"))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f
      #:phases
      #~(modify-phases %standard-phases
          (add-after 'patch-dependencies 'as-published
            (lambda _
              (modify-json (delete-fields '("scripts.prepare")
                                          #:strict? #f))))
          (delete 'configure)
          (delete 'build))))
    (home-page "https://example.org/")
    (synopsis "Words for the world")
    (description "This package has words for the world.")
    (license license:expat)))

(define-public node-shout-loud
  (package
    (name "node-shout-loud")
    (version "1.0.0")
    (source
     (origin
       (method git-fetch)
       (uri (git-reference
             (url "@ADDRESS@")
             (commit "@COMMIT@")))
       (file-name (git-file-name name version))
       (sha256
        (base32 "@LOUD@"))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f
      #:phases
      #~(modify-phases %standard-phases
          (delete 'configure)
          (delete 'build))))
    (home-page "https://example.org/")
    (synopsis "Words that are heard")
    (description "This package makes words that are heard.")
    (license license:expat)))

(define-public node-greet
  (package
    (name "node-greet")
    (version "2.0.0")
    (source
     (origin
       (method url-fetch)
       (uri "@REGISTRY@greet/-/greet-2.0.0.tgz")
       (sha256
        (base32 "@GREET@"))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f
      #:phases
      #~(modify-phases %standard-phases
          (delete 'configure)
          (delete 'build))))
    (inputs (list node-shout-loud node-words))
    (home-page "https://example.org/")
    (synopsis "Greet the world")
    (description "This package greets the world.")
    (license license:expat)))

(define-public node-answer
  (package
    (name "node-answer")
    (version "1.0.0")
    (source
     (origin
       (method url-fetch)
       (uri "@REGISTRY@answer/-/answer-1.0.0.tgz")
       (sha256
        (base32 "@ANSWER@"))))
    (build-system node-build-system)
    (arguments
     (list
      #:tests? #f
      #:phases
      #~(modify-phases %standard-phases
          (delete 'configure))))
    (native-inputs (list python))
    (home-page "https://example.org/")
    (synopsis "Answer any question")
    (description "This package has an answer to any question.")
    (license license:expat)))
