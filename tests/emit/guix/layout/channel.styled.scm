(channel
  (version 0)
  (directory "modules")
  (news-file "news.txt")
  (dependencies (channel
                  (name some-channel)
                  (url "https://git.example/channel")
                  (branch "main"))))
(channel
  (name 'demo)
  (url "https://git.example/demo")
  (branch "main")
  (introduction
   (make-channel-introduction "0123456789abcdef0123456789abcdef01234567"
                              (openpgp-fingerprint
                               "AAAA BBBB CCCC DDDD EEEE  FFFF 0000 1111 2222 3333"))))
(channel-news (version 0)
              (entry (commit "0123456789abcdef0123456789abcdef01234567")
                     (title (en "New packages")
                            (de "Neue Pakete"))
                     (body (en "Twelve packages were added."))))
