(use-modules (guix build-system pyproject)
             (guix gexp)
             (guix packages)
             ((guix licenses)
              #:prefix license:)
             (my packages python))

(package
  (name "hello")
  (version "0.1.0")
  (source
   (local-file "project" "hello-checkout"
               #:recursive? #t))
  (build-system pyproject-build-system)
  (arguments
   (list
    #:tests? #f))
  (propagated-inputs (list python-greet))
  (native-inputs (list python-setuptools))
  (home-page "https://example.org/")
  (synopsis "Greet whoever asks")
  (description "This package greets whoever asks.")
  (license license:expat))
