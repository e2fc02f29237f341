;;; The packages that builds of Node and Python need, as links to what this machine has.

(define-module (host packages)
  #:use-module (host farm)
  #:use-module (gnu packages)
  #:use-module (guix search-paths)
  #:use-module (guix utils)
  #:export (replacements
            final-inputs))

;;;
;;; The tools of every build.
;;;

(define coreutils (tools "coreutils" '("coreutils")))
(define tar (tools "tar" '("tar")))
(define gzip (tools "gzip" '("gzip")))
(define bzip2 (tools "bzip2" '("bzip2")))
(define xz (tools "xz" '("xz-utils")))
(define zstd (tools "zstd" '("zstd")))
(define unzip (tools "unzip" '("unzip")))
(define file (tools "file" '("file")))
(define diffutils (tools "diffutils" '("diffutils")))
(define patch (tools "patch" '("patch")))
(define findutils (tools "findutils" '("findutils")))
(define gawk (tools "gawk" '("gawk") #:extra "ln -s gawk $out/bin/awk\n"))
(define sed (tools "sed" '("sed")))
(define grep (tools "grep" '("grep")))
(define gnu-make (tools "make" '("make")))
;;; Debian's is one of several, behind a link.
(define which (farm "which" "mkdir -p $out/bin\nln -s /usr/bin/which $out/bin/which\n"))
(define bash (tools "bash" '("bash") #:extra "ln -s bash $out/bin/sh\n"))
(define (with-triplet . packages)
  "PACKAGES of Debian, and those with the same programs under the names that Debian's Python calls
(x86_64-linux-gnu-gcc)."
  (let ((triplet (string-map (lambda (c) (if (char=? c #\_) #\- c))
                             (output-line "gcc" "-dumpmachine"))))
    (append packages
            (map (lambda (package) (string-append package "-" triplet))
                 packages))))
(define binutils (tools "binutils" (with-triplet "binutils")))
(define git (tools "git" '("git")))
(define patchelf (tools "patchelf" '("patchelf")))
(define pkg-config
  (tools "pkg-config" '("pkgconf-bin" "pkgconf")
         #:search-paths
         (list (search-path-specification
                 (variable "PKG_CONFIG_PATH")
                 (files '("lib/pkgconfig" "lib64/pkgconfig" "share/pkgconfig"))))))
(define glibc
  (farm "glibc" "mkdir -p $out/lib $static/lib\n" #:outputs '("out" "static")))
;;; As with Guix's ld-wrapper, what is linked is found at run time where the linker found it.
(define with-run-path
  "mkdir -p $out/lib $lib/lib
for name in libstdc++.so.6 libgcc_s.so.1 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1; do
  for file in /usr/lib/*/$name; do [ ! -e $file ] || ln -s $file $out/lib/$name; done
done
ln -s -t $lib/lib $out/lib/*
ln -s gcc $out/bin/cc
ln -s g++ $out/bin/c++
for name in gcc g++ cc c++ $(cd $out/bin && echo *-linux-gnu-gcc *-linux-gnu-g++); do
  program=$(readlink -f $out/bin/$name)
  printf '#!/bin/sh\nLD_RUN_PATH=${LIBRARY_PATH:+$LIBRARY_PATH:}%s exec %s \"$@\"\n' \
    $out/lib $program > $out/bin/$name.new
  chmod +x $out/bin/$name.new
  mv $out/bin/$name.new $out/bin/$name
done\n")
(define gcc
  (tools "gcc" (with-triplet "cpp" "gcc" "g++")
         #:extra with-run-path
         #:outputs '("out" "lib")
         #:search-paths
         (list (search-path-specification
                 (variable "C_INCLUDE_PATH")
                 (files '("include")))
               (search-path-specification
                 (variable "CPLUS_INCLUDE_PATH")
                 (files '("include/c++" "include")))
               (search-path-specification
                 (variable "LIBRARY_PATH")
                 (files '("lib" "lib64"))))))

;;; A copy, as it is the builder of all other derivations: see (host farm).
(define guile
  (farm "guile"
        "mkdir -p $out/bin
cp -L /usr/bin/guile $out/bin/guile
ln -s /usr/bin/guild $out/bin/guild\n"
        #:version "3.0"))
(define guile-json
  (farm "guile-json"
        "site=share/guile/site/3.0; ccache=lib/guile/3.0/site-ccache
mkdir -p $out/$site $out/$ccache
ln -s /usr/$site/json /usr/$site/json.scm $out/$site
ln -s /usr/lib/*/guile/3.0/site-ccache/json /usr/lib/*/guile/3.0/site-ccache/json.go $out/$ccache\n"))

;;;
;;; Node: see `tests/guix/root' for what HOST_NODE is.
;;;

(define node-folder (or (getenv "HOST_NODE") "/opt/hostnode"))
(define libuv (farm "libuv" "mkdir -p $out/lib $out/include\n"))
(define node
  (farm "node"
        (string-append "mkdir -p $out/bin $out/include
for name in node npm npx; do ln -s " node-folder "/bin/$name $out/bin/$name; done
ln -s " node-folder "/include/node $out/include/node
ln -s " node-folder "/lib $out/lib\n")
        #:version (output-line (string-append node-folder "/bin/node")
                               "-p" "process.versions.node")
        ;; node-build-system asks for the libuv of its node.
        #:inputs `(("libuv" ,libuv))
        #:search-paths
        (list (search-path-specification
                (variable "NODE_PATH")
                (files '("lib/node_modules"))))))

;;;
;;; Python: shaped as a virtual environment, so that Debian's own modules are not seen.
;;;

(define python-version
  (output-line "python3" "-c" "import platform; print(platform.python_version())"))
(define python-folder
  (string-append "python" (version-major+minor python-version)))
(define python
  (farm "python"
        (string-append "site=$out/lib/" python-folder "/site-packages
mkdir -p $out/bin $out/include $site
ln -s /usr/bin/" python-folder " $out/bin/" python-folder "
ln -s " python-folder " $out/bin/python3; ln -s python3 $out/bin/python
printf 'home = /usr/bin\\ninclude-system-site-packages = false\\nversion = " python-version "\\n' > $out/pyvenv.cfg
# Guix's own, which reads GUIX_PYTHONPATH; Debian's interpreter has another sitecustomize already.
cp " (search-auxiliary-file "python/sitecustomize.py") " $site/guix_sitecustomize.py
echo 'import guix_sitecustomize' > $site/guix.pth
ln -s /usr/include/" python-folder " $out/include/" python-folder "\n")
        #:version python-version
        #:search-paths
        (list (search-path-specification
                (variable "GUIX_PYTHONPATH")
                (files (list (string-append "lib/" python-folder
                                            "/site-packages")))))))
(define pytest
  (farm "python-pytest"
        (string-append "site=$out/lib/" python-folder "/site-packages
mkdir -p $out/bin $site
cd /usr/lib/python3/dist-packages
for name in pytest _pytest py.py pluggy iniconfig packaging pygments; do
  for entry in $name $name-*.dist-info; do [ ! -e $entry ] || cp -rL $entry $site; done
done
printf '#!/usr/bin/env python3\\nimport sys\\nfrom pytest import main\\nsys.exit(main())\\n' > $out/bin/pytest
chmod +x $out/bin/pytest\n")))

;;;
;;; Rust, for Python's extension modules.
;;;

(define rust
  (farm "rust"
        "mkdir -p $out/bin $cargo/bin
ln -s /usr/bin/rustc /usr/bin/rustdoc $out/bin
ln -s /usr/bin/cargo $cargo/bin\n"
        #:outputs '("out" "cargo")))

;;; As (gnu packages commencement) has them: what every build gets without asking.
(define (final-inputs . _)
  `(("tar" ,tar) ("gzip" ,gzip) ("bzip2" ,bzip2) ("file" ,file)
    ("diffutils" ,diffutils) ("patch" ,patch) ("findutils" ,findutils)
    ("gawk" ,gawk) ("zstd" ,zstd) ("sed" ,sed) ("grep" ,grep) ("xz" ,xz)
    ("coreutils" ,coreutils) ("make" ,gnu-make) ("bash" ,bash)
    ("binutils" ,binutils) ("gcc" ,gcc) ("libc" ,glibc)
    ("libc:static" ,glibc "static")))

(define replacements
  ;; Module of Guix, and its variables: each gets the value before it.
  `(((gnu packages base)
     (,tar tar) (,coreutils coreutils) (,sed sed) (,grep grep)
     (,findutils findutils) (,diffutils diffutils) (,patch patch patch/pinned)
     (,gnu-make gnu-make) (,which which) (,binutils binutils) (,glibc glibc))
    ((gnu packages commencement)
     (,final-inputs %final-inputs) (,identity canonical-package)
     (,guile guile-final) (,coreutils coreutils-final) (,bash bash-final)
     (,gcc gcc-final) (,glibc glibc-final) (,binutils binutils-final)
     (,sed sed-final) (,grep grep-final) (,xz xz-final))
    ((gnu packages bash) (,bash bash bash-minimal))
    ((gnu packages gawk) (,gawk gawk))
    ((gnu packages gcc) (,gcc gcc))
    ((gnu packages compression)
     (,gzip gzip) (,bzip2 bzip2) (,xz xz) (,zstd zstd) (,unzip unzip)
     (,(c-library "zlib" "zlib1g-dev") zlib))
    ((gnu packages file) (,file file))
    ((gnu packages version-control) (,git git git-minimal))
    ((gnu packages pkg-config) (,pkg-config pkg-config))
    ((gnu packages elf) (,patchelf patchelf))
    ((gnu packages guile)
     (,guile guile-3.0 guile-3.0-latest) (,guile-json guile-json-4))
    ;; `guix shell --bootstrap' makes its profile with this one.
    ((gnu packages bootstrap) (,guile %bootstrap-guile))
    ((gnu packages node) (,node node node-lts libnode))
    ((gnu packages python)
     (,python python python-3 python-3.11 python-wrapper python-minimal
              python-minimal-wrapper python-sans-pip python-sans-pip-wrapper))
    ((gnu packages check) (,pytest python-pytest python-pytest-bootstrap))
    ((gnu packages rust) (,rust rust))
    ((gnu packages libffi) (,(c-library "libffi" "libffi-dev") libffi))
    ((gnu packages tls) (,(c-library "openssl" "libssl-dev") openssl openssl-3.0))
    ((gnu packages serialization) (,(c-library "libyaml" "libyaml-dev") libyaml))
    ((gnu packages databases) (,(c-library "postgresql" "libpq-dev") postgresql))
    ((gnu packages xml)
     (,(c-library "libxml2" "libxml2-dev") libxml2)
     (,(c-library "libxslt" "libxslt1-dev") libxslt))))
