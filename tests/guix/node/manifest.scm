(use-modules (gnu packages node)
             (guix profiles)
             (my packages node))

(packages->manifest (list node-greet node-lts))
