'x
'(a . b)
'(a b c)
'(a b . c)
`(("python" unquote python)
  ("x" ,@rest)
  (a quote b))
'x
`(a ,b
    ,@c)
#~(begin
    #$output
    #$@flags
    #+native
    #+@more
    (string-append #$output "/bin"))
#~#$x
#(1 2 "three" #\4)
(list #t
      #f
      #t
      #f
      #\a
      #\space
      #\A
      #\nul
      #\(
      10
      -3
      7
      7
      1/2
      1/2
      1.5
      15
      255
      5)
(list '()
      (a b)
      #:key #:|x 1+
      1-
      ...
      ->
      |a|
      #{a b}#
      #{}#
      2d)
(display "a\tb\n\"c\"\\ \a\x1b é ü \u200b ( | joined")
(description "short	tab
and a line")
(G_ "One.
Two.")
(other "0123456789 0123456789 0123456789 0123456789
second line	of a long string")
(other "short\nline")
