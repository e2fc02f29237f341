# SPDX-License-Identifier: MIT OR Apache-2.0
# Fetches the members of one pack, checks each, and lays them out in $out.
#
# Environment: list (the list file), registry, mirrors (quick or commit), pack.
# Everything in the list is somebody else's text: it reaches other programs as
# data, quoted, below ./ or in files, and paths that leave their package are
# refused before anything is done.
# shellcheck disable=SC2154
set -uo pipefail
export LC_ALL=C HOME=$TMPDIR
umask 022
work=$TMPDIR/pack
mkdir -p "$out" "$work/tarballs" "$work/errors" "$work/groups" "$work/diffs"
cd "$work" || exit 1

# A certificate file given to Nix itself counts where the sandbox can see it.
if [ -n "${NIX_SSL_CERT_FILE:-}" ] && [ -r "$NIX_SSL_CERT_FILE" ]; then
  export SSL_CERT_FILE=$NIX_SSL_CERT_FILE GIT_SSL_CAINFO=$NIX_SSL_CERT_FILE CURL_CA_BUNDLE=$NIX_SSL_CERT_FILE
fi

jobs=$(nproc)
if ((jobs > 8)); then jobs=8; fi

die() {
  printf 'headwater: pack %s: %s\n' "$pack" "$1" >&2
  exit 1
}

# note MEMBER LINE...: one more thing that went wrong with a member.
note() {
  local member=$1
  shift
  printf '    %s\n' "$@" >> "errors/$member"
}

# --- The list -----------------------------------------------------------------
# Split once into plain tables, a line per record, the member's number first:
#   members, tarballs, commits, files, execs, drops, wholes; diffs/N is a diff.
awk -F '\t' -v registry="$registry" '
  function bad(why) { print "line " NR " of the list: " why > "refused"; failed = 1; exit 1 }
  function safe(path) {
    if (path == "" || path ~ /^\// || ("/" path "/") ~ /\/\.?\.?\//) bad("not a path inside a package: " path)
    return path
  }
  /^\|/ { if (!diff) bad("a diff line without a diff"); print substr($0, 2) > diff; next }
  { if (diff) { close(diff); diff = "" } }
  $1 == "base" && n == 0 { registry = $2; next }
  $1 == "package" { ++n; print n "\t" safe($2) > "members"; next }
  n == 0 { bad("a record before the first package") }
  $1 == "tarball" {
    url = $2
    if (url !~ /^[A-Za-z][A-Za-z0-9+.-]*:/) url = registry url
    if ($3 !~ /^sha(1|256|384|512)$/ || $4 !~ /^[0-9a-f]+$/) bad("not a digest: " $3 " " $4)
    print n "\t" url "\t" $3 "\t" $4 > "tarballs.list"; next
  }
  $1 == "commit" {
    if ($3 !~ /^[0-9a-f]+$/ || (length($3) != 40 && length($3) != 64)) bad("not a commit: " $3)
    print n "\t" $2 "\t" $3 > "commits"; next
  }
  $1 == "file" {
    if ($2 !~ /^[0-9a-f]+$/ || length($2) != 64 || $3 !~ /^(644|755)$/) bad("not a file record")
    print n "\t" $2 "\t" $3 "\t" safe($4) "\t" $5 > "files"; next
  }
  $1 == "exec" { print n "\t" safe($2) > "execs"; next }
  $1 == "whole" { print n > "wholes"; next }
  $1 == "drop" { print n "\t" safe($2) > "drops"; next }
  $1 == "diff" { ++d; diff = "diffs/" d; printf "" > diff; print n "\t" d "\t" safe($2) > "diffs.list"; next }
  { bad("unknown record " $1) }
' "$list" || die "$(cat refused 2>/dev/null || echo 'the list could not be read')"

touch members tarballs.list commits files execs drops wholes diffs.list
mapfile -t folders < <(cut -f 2 members)
folders=("" "${folders[@]}")

# --- The tarballs -------------------------------------------------------------
# With mirrors=commit only the members without a commit have one to ask for.
if [ "$mirrors" = commit ]; then
  awk -F '\t' 'NR == FNR { has[$1] = 1; next } !($1 in has)' commits tarballs.list > tarballs.wanted
else
  cp tarballs.list tarballs.wanted
fi

# download TABLE: all of them by one curl; what came is judged by its digest.
download() {
  [ -s "$1" ] || return 0
  # Addresses go through a configuration file, where none can be an option.
  awk -F '\t' '{
    gsub(/\\/, "\\\\", $2); gsub(/"/, "\\\"", $2)
    print "url = \"" $2 "\"\noutput = \"tarballs/" $1 ".gz\""
  }' "$1" > curl.conf
  curl --disable --config curl.conf --globoff --parallel --parallel-max 16 \
    --fail --location --max-redirs 10 --proto '=http,https' --proto-redir '=http,https' \
    --retry 3 --connect-timeout 20 --speed-limit 500 --speed-time 60 \
    --no-progress-meter --write-out '%{filename_effective}\t%{http_code}\t%{errormsg}\n' \
    > transfers 2> curl.log || true
  while IFS=$'\t' read -r file code message; do
    file=${file##*/}
    [ "$code" = 200 ] || printf '%s\n' "$message" > "answer.${file%.gz}"
  done < transfers
}

download tarballs.wanted
while IFS=$'\t' read -r n rest; do
  [ -s "tarballs/$n.gz" ] || printf '%s\t%s\n' "$n" "$rest"
done < tarballs.wanted > tarballs.again
# Once more for what a busy moment lost; a dead registry answers at once.
if [ -s tarballs.again ]; then
  sleep 2
  download tarballs.again
fi

# Nothing is unpacked whose digest is not the lockfile's.
: > good
for algorithm in sha512 sha384 sha256 sha1; do
  awk -F '\t' -v a="$algorithm" '$3 == a { print $4 "  tarballs/" $1 ".gz" }' tarballs.wanted > "sums.$algorithm"
  [ -s "sums.$algorithm" ] || continue
  "${algorithm}sum" --check "sums.$algorithm" 2> /dev/null |
    awk -F '[/.]' '/: OK$/ { print $2 }' >> good
done

declare -A have=() whole=()
while read -r n; do have[$n]=1; done < good
while read -r n; do whole[$n]=1; done < wholes

# One process for all: a tar that calls gzip starts two for each package. What gzip complains about keeps its name, and
# tar says what is wrong with it.
while read -r n; do
  [ -n "${whole[$n]-}" ] || printf 'tarballs/%s.gz\0' "$n"
done < good | xargs -0 --no-run-if-empty gzip --decompress --quiet -- 2> /dev/null || true
while read -r n; do
  folder=$out/${folders[n]}
  if [ -n "${whole[$n]-}" ]; then folder=${folder%/*}; fi
  printf '%s\0' "$folder"
done < good | xargs -0 --no-run-if-empty mkdir -p --

running=0
while IFS=$'\t' read -r n url algorithm digest; do
  if [ -z "${have[$n]-}" ]; then
    if [ -s "tarballs/$n.gz" ]; then
      got=$("${algorithm}sum" "tarballs/$n.gz")
      note "$n" "tarball $url" "  expected $algorithm $digest" "  got      $algorithm ${got%% *}"
    else
      note "$n" "tarball $url" "  $(cat "answer.$n" 2> /dev/null || head -n 1 curl.log)"
    fi
    continue
  fi
  if [ -n "${whole[$n]-}" ]; then
    mv "tarballs/$n.gz" "$out/${folders[n]}"
    continue
  fi
  tarball=tarballs/$n
  [ -e "$tarball" ] || tarball=$tarball.gz
  # Only the first path component goes, whatever it is called; tar itself sees
  # to it that nothing is written outside.
  tar --extract --file="$tarball" --directory="$out/${folders[n]}" --strip-components=1 \
    --no-same-owner --no-same-permissions --touch --delay-directory-restore \
    --warning=no-timestamp --warning=no-unknown-keyword 2> "tar.$n" || echo failed > "tar.$n.failed" &
  if ((++running >= jobs)); then
    wait -n || true
    ((running--))
  fi
done < tarballs.wanted
wait
rm -rf tarballs

# Folders without the x bit come in tarballs, and would hide their files: each before it is entered.
find "$out" -mindepth 1 -type d ! -perm -u=rwx -exec chmod u+rwx {} \; , -type f ! -perm -u=rw -exec chmod u+rw {} +
while IFS=$'\t' read -r n path; do printf '%s\0' "$out/${folders[n]}/$path"; done < drops |
  xargs -0 --no-run-if-empty rm -rf --

# --- The commits --------------------------------------------------------------
source "$fetchCommits"
missing=()
while IFS=$'\t' read -r n folder; do
  if [ -e "tar.$n.failed" ]; then
    unset "have[$n]"
    note "$n" "its tarball did not unpack: $(head -n 1 "tar.$n")"
    rm -rf "${out:?}/$folder"
  fi
  [ -n "${have[$n]-}" ] || missing+=("$n")
done < members
take_from_commits "${missing[@]}"

# --- The check ----------------------------------------------------------------
find "$out" ! -type d ! -type f -delete
# A member that is not there is reported as such, not file by file.
for n in "${!have[@]}"; do echo "$n"; done > present
awk -F '\t' '
  FILENAME == "present" { present[$1] = 1; next }
  FILENAME == "members" { folder[$1] = $2; next }
  $1 in present { print $2 "  " folder[$1] "/" $4 }
' present members files > sums
shown=0
if [ -s sums ]; then
  (cd "$out" && sha256sum --check --quiet --strict "$work/sums") > mismatches 2> /dev/null || true
  while IFS= read -r line; do
    path=${line%: FAILED*}
    while IFS=$'\t' read -r n folder; do
      [[ $path == "$folder/"* ]] || continue
      unset "have[$n]"
      # A few are enough to see what is wrong.
      if ((++shown > 3)); then continue; fi
      want=$(awk -v path="$path" 'substr($0, 67) == path { print $1; exit }' sums)
      got=$(sha256sum < "$out/$path" 2> /dev/null) || got='no such file'
      note "$n" "file ${path#"$folder/"}" "  expected sha256 $want" "  got      ${got%% *}"
    done < members
  done < mismatches
fi

# Only what differs is touched: in most packs that is next to nothing.
find "$out" -mindepth 1 -type d ! -perm 755 -exec chmod 755 {} + , -type f ! -perm 644 -exec chmod 644 {} +
{
  while IFS=$'\t' read -r n path; do
    if [ -n "${have[$n]-}" ]; then printf '%s\0' "$out/${folders[n]}/$path"; fi
  done < execs
  while IFS=$'\t' read -r n _ mode path _; do
    if [ "$mode" = 755 ] && [ -n "${have[$n]-}" ]; then printf '%s\0' "$out/${folders[n]}/$path"; fi
  done < files
} | xargs -0 --no-run-if-empty chmod 755 -- || die "a file that must be executable is not there"
find "$out" -mindepth 1 -depth -type d -empty -delete

failed=0
while IFS=$'\t' read -r n folder; do
  [ -z "${have[$n]-}" ] || continue
  ((++failed))
  { echo "  $folder"; cat "errors/$n" 2> /dev/null || echo '    it has no mirror to be asked'; } >> report
done < members
if ((failed)); then
  printf 'headwater: pack %s: %d of %d packages could not be fetched as pinned\n' "$pack" "$failed" "$((${#folders[@]} - 1))" >&2
  cat report >&2
  if [ "$mirrors" = commit ] && [[ $(<report) == *'    commit '* ]]; then
    echo '  Only commits are asked here. If a repository is gone, allow the registry (mirrors = "quick") or convert again.' >&2
  else
    echo '  If the network is at fault, build again; if an address or a digest is, run headwater convert again.' >&2
  fi
  exit 1
fi
