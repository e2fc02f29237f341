(use-modules (guix build-system node)
             (guix gexp)
             (guix packages)
             ((guix licenses)
              #:prefix license:)
             (my packages node))

(package
  (name "hello")
  (version "0.1.0")
  (source
   (local-file "project" "hello-checkout"
               #:recursive? #t))
  (build-system node-build-system)
  (arguments
   (list
    #:tests? #f))
  (inputs (list node-greet))
  (home-page "https://example.org/")
  (synopsis "Greet whoever asks")
  (description "This package greets whoever asks.")
  (license license:expat))
