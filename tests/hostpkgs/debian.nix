/**
  What Debian's packages have of nixpkgs: the libraries and programs that
  data/python names. Compilers and pkg-config find headers and libraries in /usr
  by themselves, so a library's item holds no more than its programs; building it
  fails, and names the Debian package, where this machine lacks it.

  # Type

  { lib, host, programs, libraries } -> AttrSet
*/
{
  lib,
  host,
  programs,
  libraries,
}:
let
  # `header` is relative to /usr/include or its folder of the machine's kind, and may have wildcards.
  withPrograms =
    debian: header: names:
    host {
      name = builtins.replaceStrings [ " " ] [ "-" ] debian;
      meta.mainProgram = builtins.head (names ++ [ "true" ]);
      script = ''
        lacks() {
          echo "this machine has no $1: apt-get install ${debian}" >&2
          exit 1
        }
        ${lib.optionalString (header != null) ''
          found=
          for file in /usr/include/${header} /usr/include/*/${header}; do
            if [ -e "$file" ]; then found=$file; fi
          done
          [ -n "$found" ] || lacks ${lib.escapeShellArg header}
        ''}
        for program in ${lib.escapeShellArgs names}; do
          [ -e "/usr/bin/$program" ] || lacks "$program"
          ln -s "/usr/bin/$program" "$out/bin/$program"
        done
      '';
    };
  # What a program opens while it runs.
  shared =
    debian: file:
    host {
      name = debian;
      meta.mainProgram = "true";
      script = ''
        found=
        for file in /usr/lib/${file} /usr/lib/*/${file}; do
          if [ -e "$file" ]; then found=$file; fi
        done
        if [ -z "$found" ]; then
          echo "this machine has no ${file}: apt-get install ${debian}" >&2
          exit 1
        fi
        mkdir -p "$out/lib"
        ln -s "$found" "$out/lib/"
      '';
    };
  library = debian: header: withPrograms debian header [ ];
  tools = debian: withPrograms debian null;
  # nixpkgs keeps the programs that tell compiler options in the output `dev`.
  withDev = package: package // { dev = package; };
  mariadb = withDev (withPrograms "libmariadb-dev" "mariadb/mysql.h" [ "mariadb_config" ]);
in
{
  # Programs.
  clang-tools = tools "clang-format" [ "clang-format" ];
  cmake = tools "cmake" [ "cmake" ];
  gfortran = tools "gfortran" [ "gfortran" ];
  ninja = tools "ninja-build" [ "ninja" ];
  protobuf = tools "protobuf-compiler" [ "protoc" ];
  swig = tools "swig" [ "swig" ];

  # Those whose programs fetch sources keep working without headers.
  curl = programs "curl" [ "curl" ] // {
    dev = withPrograms "libcurl4-openssl-dev" "curl/curl.h" [ "curl-config" ];
  };
  sqlite = host {
    name = "sqlite";
    script = "ln -s /usr/bin/sqlite3 $out/bin/sqlite3";
  };

  # Libraries.
  SDL2 = withDev (withPrograms "libsdl2-dev" "SDL2/SDL.h" [ "sdl2-config" ]);
  SDL2_image = library "libsdl2-image-dev" "SDL2/SDL_image.h";
  SDL2_mixer = library "libsdl2-mixer-dev" "SDL2/SDL_mixer.h";
  SDL2_ttf = library "libsdl2-ttf-dev" "SDL2/SDL_ttf.h";
  alsa-lib = library "libasound2-dev" "alsa/asoundlib.h";
  # Debian 12 has none: its makers' own package.
  arrow-cpp = library "libarrow-dev" "arrow/api.h";
  # One library with both interfaces.
  blas = library "libopenblas-dev" "openblas*/cblas.h";
  brotli = library "libbrotli-dev" "brotli/decode.h";
  c-ares = library "libc-ares-dev" "ares.h";
  c-blosc = library "libblosc-dev" "blosc.h";
  c-blosc2 = library "libblosc2-dev" "blosc2.h";
  cairo = library "libcairo2-dev" "cairo/cairo.h";
  cups = withDev (withPrograms "libcups2-dev" "cups/cups.h" [ "cups-config" ]);
  cyrus_sasl = library "libsasl2-dev" "sasl/sasl.h";
  dbus = library "libdbus-1-dev" "dbus-1.0/dbus/dbus.h";
  dbus-glib = library "libdbus-glib-1-dev" "dbus-1.0/dbus/dbus-glib.h";
  ffmpeg = library "libavformat-dev libavdevice-dev libavfilter-dev" "libavdevice/avdevice.h";
  freetds = library "freetds-dev" "sybdb.h";
  freetype = library "libfreetype-dev" "freetype2/ft2build.h";
  fuse = library "libfuse-dev" "fuse/fuse.h";
  fuse3 = library "libfuse3-dev" "fuse3/fuse.h";
  gdal = withPrograms "libgdal-dev" "gdal/gdal.h" [ "gdal-config" ];
  geos = withPrograms "libgeos-dev" "geos_c.h" [ "geos-config" ];
  glib = library "libglib2.0-dev" "glib-2.0/glib.h";
  gmp = library "libgmp-dev" "gmp.h";
  gobject-introspection = withPrograms "libgirepository1.0-dev" "gobject-introspection-1.0/girepository.h" [
    "g-ir-scanner"
  ];
  graphviz = library "libgraphviz-dev" "graphviz/cgraph.h";
  hdf5 = library "libhdf5-dev" "hdf5/serial/hdf5.h";
  icu = withPrograms "libicu-dev" "unicode/uversion.h" [ "icu-config" ];
  krb5 = withDev (withPrograms "libkrb5-dev" "krb5.h" [ "krb5-config" ]);
  lapack = library "libopenblas-dev" "openblas*/cblas.h";
  lcms2 = library "liblcms2-dev" "lcms2.h";
  leveldb = library "libleveldb-dev" "leveldb/db.h";
  libargon2 = library "libargon2-dev" "argon2.h";
  libev = library "libev-dev" "ev.h";
  libffi = library "libffi-dev" "ffi.h";
  libgit2 = library "libgit2-dev" "git2.h";
  libheif = library "libheif-dev" "libheif/heif.h";
  libimagequant = library "libimagequant-dev" "libimagequant.h";
  libjpeg = library "libjpeg-dev" "jpeglib.h";
  libmpc = library "libmpc-dev" "mpc.h";
  libmysqlclient = mariadb;
  libpcap = library "libpcap-dev" "pcap.h";
  libpq = library "libpq-dev" "postgresql/libpq-fe.h" // {
    pg_config = tools "libpq-dev" [ "pg_config" ];
  };
  libraqm = library "libraqm-dev" "raqm.h";
  libsodium = library "libsodium-dev" "sodium.h";
  libspatialindex = library "libspatialindex-dev" "spatialindex/SpatialIndex.h";
  libtiff = library "libtiff-dev" "tiffio.h";
  libtool = library "libltdl-dev" "ltdl.h";
  libusb1 = library "libusb-1.0-0-dev" "libusb-1.0/libusb.h";
  libuv = library "libuv1-dev" "uv.h";
  libvirt = library "libvirt-dev" "libvirt/libvirt.h";
  libwebp = library "libwebp-dev" "webp/decode.h";
  libxcb = library "libxcb1-dev" "xcb/xcb.h";
  libxcrypt = library "libcrypt-dev" "crypt.h";
  libxml2 = withDev (withPrograms "libxml2-dev" "libxml2/libxml/tree.h" [ "xml2-config" ]);
  libxslt = withDev (withPrograms "libxslt1-dev" "libxslt/xslt.h" [ "xslt-config" ]);
  libyaml = library "libyaml-dev" "yaml.h";
  linuxHeaders = library "linux-libc-dev" "linux/input.h";
  lmdb = library "liblmdb-dev" "lmdb.h";
  lz4 = library "liblz4-dev" "lz4.h";
  lzo = library "liblzo2-dev" "lzo/lzo1x.h";
  mariadb-connector-c = mariadb;
  mpfr = library "libmpfr-dev" "mpfr.h";
  netcdf = withPrograms "libnetcdf-dev" "netcdf.h" [ "nc-config" ];
  openjpeg = library "libopenjp2-7-dev" "openjpeg-*/openjpeg.h";
  openldap = library "libldap-dev" "ldap.h";
  openmpi = withPrograms "libopenmpi-dev" null [ "mpicc" ];
  openssl = withPrograms "libssl-dev" "openssl/ssl.h" [ "openssl" ];
  pcsclite = library "libpcsclite-dev" "PCSC/winscard.h";
  poppler = library "libpoppler-cpp-dev" "poppler/cpp/poppler-document.h";
  portaudio = library "portaudio19-dev" "portaudio.h";
  portmidi = library "libportmidi-dev" "portmidi.h";
  proj = withPrograms "libproj-dev proj-bin" "proj.h" [ "proj" ];
  qhull = library "libqhull-dev" "libqhull_r/libqhull_r.h";
  qpdf = library "libqpdf-dev" "qpdf/QPDF.hh";
  rdkafka = library "librdkafka-dev" "librdkafka/rdkafka.h";
  rrdtool = library "librrd-dev" "rrd.h";
  snappy = library "libsnappy-dev" "snappy.h";
  sqlcipher = library "libsqlcipher-dev" "sqlcipher/sqlite3.h";
  systemd = library "libsystemd-dev" "systemd/sd-daemon.h";
  tcl = library "tcl-dev" "tcl*/tcl.h";
  tk = library "tk-dev" "tcl*/tk.h";
  udev = library "libudev-dev" "libudev.h";
  unixODBC = withPrograms "unixodbc-dev" "sql.h" [ "odbc_config" ];
  vips = library "libvips-dev" "vips/vips.h";
  xmlsec = withPrograms "libxmlsec1-dev" "xmlsec1/xmlsec/xmlsec.h" [ "xmlsec1-config" ];
  zeromq = library "libzmq3-dev" "zmq.h";
  zlib = library "zlib1g-dev" "zlib.h" // {
    lib = libraries "zlib" [ "libz.so.1" ];
  };

  # Libraries that are only opened by name.
  enchant = shared "libenchant-2-2" "libenchant-2.so.2";
  file = shared "libmagic1" "libmagic.so.1";
  fontconfig = shared "libfontconfig1" "libfontconfig.so.1";
  gdk-pixbuf = shared "libgdk-pixbuf-2.0-0" "libgdk_pixbuf-2.0.so.0";
  glfw = shared "libglfw3" "libglfw.so.3";
  harfbuzz = shared "libharfbuzz0b" "libharfbuzz.so.0";
  imagemagick = shared "libmagickwand-6.q16-6" "libMagickWand-*.so.*";
  libGL = shared "libgl1" "libGL.so.1";
  libdmtx = shared "libdmtx0b" "libdmtx.so.0";
  libmediainfo = shared "libmediainfo0v5" "libmediainfo.so.0";
  libsndfile = shared "libsndfile1" "libsndfile.so.1";
  libvlc = shared "libvlc5" "libvlc.so.5";
  pam = shared "libpam0g" "libpam.so.0";
  pango = shared "libpango-1.0-0" "libpango-1.0.so.0";
  zbar = shared "libzbar0" "libzbar.so.0";
}
