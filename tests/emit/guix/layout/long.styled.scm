(define-public node-a-very-long-name-of-a-package-that-nobody-would-type-by-hand-but-that-some-registry-has-1.0.0
  node-b)
(define-public node-cycle
  (package
    (name "node-cycle")
    (inputs (list
             node-a-very-long-name-of-a-package-that-nobody-would-type-by-hand-but-that-some-registry-has-1.0.0))
    (arguments
     (list
      #:phases
      #~(modify-phases %standard-phases
          (add-after 'unpack 'members
            (lambda* (#:key inputs #:allow-other-keys)
              (for-each (match-lambda
                          ((folder . source) (mkdir-p (dirname folder))
                           (copy-recursively source folder)))
                        '(("node_modules/one" ungexp
                           (origin
                             (method git-fetch)
                             (uri (git-reference (url
                                                  "https://git.example/one/a-repository-with-a-long-name-in-a-group-with-a-long-name")
                                                 (commit "v1.0.0")))
                             (file-name "one-1.0.0-checkout")
                             (sha256 (base32
                                      "0mjvb0b51ivwi9sfkiqnjbj2y1rfblydnb0s4wdk46c7lsf1jisg"))))
                          ("node_modules/two" ungexp two))))))))
    (properties `((upstream-name . "@a/very-long-scope-and-name-that-does-not-fit-on-the-line-any-more-it-is-so-long")
                  (lint-hidden-cve "CVE-2020-1234" "CVE-2020-1235")
                  (cpe-name unquote name)))
    (home-page
     "https://example.org/a/very/long/address/that/does/not/fit/into/seventy-eight/columns/index.html")
    (synopsis
     "A synopsis that is rather longer than it should be, but that upstream wrote, so be it")
    (license (list license:expat
                   license:asl2.0
                   license:bsd-3
                   license:isc
                   license:mpl2.0
                   (license:non-copyleft "https://example.org/licence"
                    "Own words of the author, see the file LICENCE in the sources of this package")))))
(a (b (c (d (e (f (g (h (i (j (k (l (m (n (o (p (q (r (s (t (u (v (w (x (y (z
                                                                            "a string at the very end of it all"
                                                                            #f
                                                                            #t
                                                                            'symbol))))))))))))))))))))))))))
