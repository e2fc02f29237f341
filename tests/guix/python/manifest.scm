(use-modules (gnu packages python)
             (guix profiles)
             (my packages python))

(packages->manifest (list python python-greet))
