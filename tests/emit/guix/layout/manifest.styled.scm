;; The development shell: guix shell -m manifest.scm
(use-modules (guix packages)
             (guix profiles)
             (gnu packages node)
             ((demo packages node)
              #:select (node-left-pad node-ms)))
(concatenate-manifests (list (package->development-manifest (load "guix.scm"))
                             (specifications->manifest '("node" "git"
                                                         "esbuild"))
                             (packages->manifest (list node-left-pad node-ms
                                                       (list python "idle")))))
(manifest (map (lambda (name)
                 (package->manifest-entry (specification->package name)))
               '("a" "b"
                 "c"
                 "d"
                 "e"
                 "f"
                 "g")))
