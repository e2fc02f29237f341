'x
'(a . b)
'(a . (b c))
'(a b . c)
`(("python" . ,python) ("x" ,@rest) (a . 'b))
(quote x) (quasiquote (a (unquote b) (unquote-splicing c)))
#~(begin #$output #$@flags #+native #+@more (string-append #$output "/bin"))
(gexp (ungexp x))
#(1 2 "three" #\4)
(list #t #f #true #false #\a #\space #\x41 #\nul #\( 10 -3 +7 007 1/2 2/4 1.5 #o17 #xff #b101)
(list '() [a b] #:key #:|x 1+ 1- ... -> |a| #{a b}# #{}# 2d)
(display "a\tb\n\"c\"\\ \a\x1b é ü \u200b \( \| \
joined")
(description "short\ttab
and a line")
(G_ "One.
Two.")
(other "0123456789 0123456789 0123456789 0123456789
second line\tof a long string")
(other "short
line")
