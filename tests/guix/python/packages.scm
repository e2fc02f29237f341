(define-module (my packages python)
  #:use-module (guix build-system pyproject)
  #:use-module (guix download)
  #:use-module (guix gexp)
  #:use-module (guix git-download)
  #:use-module (guix packages)
  #:use-module ((guix licenses)
                #:prefix license:))

(define-public python-setuptools
  (package
    (name "python-setuptools")
    (version "80.9.0")
    (source
     (origin
       (method url-fetch)
       (uri (string-append "@SETUPTOOLS@"))
       (sha256
        (base32 "175iixi2h2jz8y2bpwziak360hvv43jfhipwzbdniryd5r04fszk"))))
    (build-system pyproject-build-system)
    (arguments
     (list
      #:tests? #f))
    (home-page "https://example.org/")
    (synopsis "Build Python packages")
    (description "This package builds Python packages.")
    (license license:expat)))

(define-public python-shout-loud
  (package
    (name "python-shout-loud")
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
    (build-system pyproject-build-system)
    (arguments
     (list
      #:tests? #f))
    (native-inputs (list python-setuptools))
    (home-page "https://example.org/")
    (synopsis "Words that are heard")
    (description "This package makes words that are heard.")
    (license license:expat)))

(define-public python-greet
  (package
    (name "python-greet")
    (version "2.0.0")
    (source
     (origin
       (method url-fetch)
       (uri "@INDEX@files/greet-2.0.0.tar.gz")
       (sha256
        (base32 "@GREET@"))))
    (build-system pyproject-build-system)
    (arguments
     (list
      #:tests? #f))
    (propagated-inputs (list python-shout-loud))
    (native-inputs (list python-setuptools))
    (home-page "https://example.org/")
    (synopsis "Greet the world")
    (description "This package greets the world.")
    (license license:expat)))
