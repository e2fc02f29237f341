(define (inputs-of system)
  (package
    (inputs (append (list python-a python-b)
                    (if (target-linux?)
                        (list python-inotify)
                        '())
                    (if (or (target-x86-64?)
                            (target-aarch64?))
                        (list python-greenlet python-something-else)
                        (list))))
    (native-inputs (cons* node-a node-b
                          `(,node-c "bin")
                          (if (%current-target-system)
                              (list this-package)
                              '())))
    (propagated-inputs (modify-inputs (package-propagated-inputs python-x)
                         (delete "python-y" "python-z")
                         (prepend python-w)
                         (replace "python-v" python-v-2)))))
(define (select package)
  (let* ((name (package-name package))
         (parts (string-split name #\-)))
    (match parts
      (("node" . rest) (string-join rest "-"))
      (("python" only)
       only)
      ((? string? other)
       other)
      (_ #f))))
(define inputs*
  (match-lambda
    ((label package)
     (list label package))
    ((label package output)
     (list label package output))))
(define-public everything
  (list node-a
        node-b
        node-c
        node-d
        node-e
        node-f))
(define-public five
  (list node-a node-b node-c node-d node-e))
(define-public long
  (list python-a-name-that-is-long python-another-name-that-is-long
        python-third))
(let loop
  ((n 0))
  (if (< n 10)
      (loop (+ n 1)) n))
(cond
  ((a)
   b)
  ((c)
   => d)
  (else (case x
          ((1 2 3)
           'few)
          ((4)
           "four")
          (else #f))))
(when (file-exists? "x")
  (chmod "x" #o755)
  (mkdir "y" #o755)
  (logand x #xff))
(define* (build #:key inputs
                (outputs '())
                #:allow-other-keys #:rest rest)
  (apply invoke "make" rest))
(with-directory-excursion "packages/x"
  (call-with-output-file "version.txt"
    (lambda (port)
      (display #$version port))))
(define-syntax-rule (package* fields ...)
  (package
    fields ...))
