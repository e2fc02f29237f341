;; Words that end about the last column.
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x)
(fill aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      x)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      #f)
(list "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      #f)
(f #t cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t
   ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t
   cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)
(f #t
 ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc)

;; Strings about as long as keep their line breaks.
(f "ddddddddddddddddddddddddddddddddddddd\n\t")
(f "dddddddddddddddddddddddddddddddddddddd\n\t")
(f "ddddddddddddddddddddddddddddddddddddddd
	")
(f "dddddddddddddddddddddddddddddddddddddddd
	")
(f
 "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee")

;; Lists about as long as are one item a line.
'(1 2 3 4 5 6)
'(1 2
  3
  4
  5
  6
  7)
(let ((a 1)
      (b 2))
  1
  2
  3
  4
  5
  6)
(let ((a 1))
  1 2 3 4 5)
