(define-public python-requests-like
  (package
    (name "python-requests-like")
    (version "2.32.3")
    (source
     (origin
       (method git-fetch)
       (uri (git-reference
             (url "https://git.example/psf/requests-like")
             (commit "0123456789abcdef0123456789abcdef01234567")
             (recursive? #t)))
       (file-name (git-file-name name version))
       (patches (search-patches "python-requests-like-a.patch"
                                "python-requests-like-b.patch"))
       (modules '((guix build utils)))
       (snippet #~(begin
                    (delete-file-recursively "vendor")
                    (for-each delete-file
                              (find-files "." "\\.c$")) #t))
       (sha256
        (base32 "0v9p7kq0sx1wm2jm2r0ia6a6k8i3g3qg6xmdbfz2mlsfkrf3vjhm"))))
    (build-system pyproject-build-system)
    (arguments
     (list
      #:test-flags
      #~(list "-k" "not test_network" "--ignore=tests/test_slow.py")
      #:phases
      #~(modify-phases %standard-phases
          (add-before 'build 'set-version
            (lambda _
              (setenv "SETUPTOOLS_SCM_PRETEND_VERSION"
                      #$(package-version this-package))))
          (add-after 'unpack 'relax
            (lambda _
              (substitute* "pyproject.toml"
                (("setuptools>=[0-9.]+")
                 "setuptools")
                (("wheel ?[<>=]+ ?([0-9]+)" all major)
                 (string-append "wheel" major))))))))
    (propagated-inputs (list python-certifi python-charset-normalizer
                             python-idna python-urllib3))
    (native-inputs (list python-hatchling
                         python-pytest
                         python-pytest-httpbin
                         python-setuptools
                         python-setuptools-scm
                         python-wheel))
    (home-page "https://example.org/requests-like")
    (synopsis "HTTP for people")
    (description
     "This package asks servers for things, in a way that a person can read.  It follows
redirections, keeps cookies, and says @code{\"no\"} to certificates that nobody signed.  A backslash \\ stays one.")
    (license (list license:asl2.0 license:expat))
    (properties '((upstream-name . "Requests_Like")
                  (release-tag-prefix . "^requests-v")
                  (release-tag-version-delimiter . ".")))))

(define-public python-git-version
  (let ((commit "89abcdef0123456789abcdef0123456789abcdef")
        (revision "0"))
    (package
      (name "python-git-version")
      (version (git-version "1.0" revision commit))
      (source
       (origin
         (method git-fetch)
         (uri (git-reference
               (url "https://git.example/a/b")
               (commit commit)))
         (file-name (git-file-name name version))
         (sha256
          (base32 "0000000000000000000000000000000000000000000000000000"))))
      (build-system pyproject-build-system)
      (arguments
       '(#:tests? #f))
      (synopsis "Version of a commit")
      (description "Nothing much.")
      (home-page #f)
      (license #f))))
