;;; Copyright © 2026 Nobody
;;;
;;; This file is generated.

;; A comment of two lines
;;   before a definition.
(define-public a
  ;; before the body
  (package
    ;; Tests want the network,
    ;; which a build has not.
    (name "a") ;the name
    ;; too many
    (arguments
     ;; no tests
     (list
      #:tests? #f ;reason: none in the commit
      
      ;; phases
      #:phases
      #~(modify-phases %standard-phases
          ;; Nothing to build.
          (delete 'build)

          (delete 'check) ;why
          )))
    (inputs (list ;first
                  b
                  ;; second
                  c))
    (license license:expat)))

;;

;;; Two.

(define b
  '( ;one
     1
    ;; two
    2))
