# SPDX-License-Identifier: MIT OR Apache-2.0
# The other mirror: members taken from the commits they were made from.
# Sourced by fetch-pack.sh, in its working folder with its tables.
#
# Only what counts is asked for: the commit and its trees without history or
# blobs, then the blobs of the listed paths by their ids in one request. A
# server that cannot filter sends more, and the rest works the same.
# shellcheck disable=SC2154

# The system's configuration stays (a test's or a company's insteadOf is there);
# nobody's own, no prompt, and no transport that runs programs.
export GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 GIT_ALLOW_PROTOCOL=https:http:git

# take_from_commits MEMBER...: sets have[MEMBER] for those that could be taken.
take_from_commits() {
  local group running=0
  (($#)) || return 0
  printf '%s\n' "$@" > wanted
  # Members of one repository and commit are fetched together.
  awk -F '\t' '
    FILENAME == "wanted" { want[$1] = 1; next }
    $1 in want {
      key = $2 "\t" $3
      if (!(key in group)) { group[key] = ++n; print n "\t" key > "groups.list" }
      print $1 > ("groups/" group[key])
    }
  ' wanted commits
  [ -s groups.list ] || return 0
  while IFS=$'\t' read -r group url commit; do
    fetch_group "$group" "$url" "$commit" > "groups/$group.log" 2>&1 < /dev/null &
    if ((++running >= 4)); then
      wait -n || true
      ((running--))
    fi
  done < groups.list
  wait
  while IFS=$'\t' read -r group url commit; do
    while read -r n; do
      if [ -e "groups/$group.done" ] && apply_diffs "$n"; then
        have[$n]=1
      else
        # Git's own words, without the noise before them.
        note "$n" "commit $url $commit" "$(awk 'NF { print "  " $0 }' "groups/$group.log" | tail -n 3)"
      fi
    done < "groups/$group"
  done < groups.list
}

# fetch_group GROUP URL COMMIT: checks the group's files out into $out.
fetch_group() {
  local group=$1 url=$2 commit=$3 git=$work/groups/$1.git
  git init --quiet --bare "$git" || return 1
  export GIT_DIR=$git
  printf '%s\n' '* -text -crlf !eol -ident -filter !working-tree-encoding' > "$git/info/attributes"
  git config remote.origin.url "$url"
  git config remote.origin.promisor true
  git config remote.origin.partialclonefilter blob:none
  git config core.repositoryformatversion 1
  git config extensions.partialClone origin
  git config core.bare false
  # The protections are for checkouts on other systems; here bytes are bytes.
  git config core.protectNTFS false
  git config core.protectHFS false
  git config core.autocrlf false
  git config gc.auto 0

  ask --depth=1 "$commit" || { echo "git could not fetch the commit"; return 1; }
  git ls-tree -r -z --full-tree "$commit" | tr '\n\0' '\001\n' > "$git/tree" ||
    { echo "the commit has no readable tree"; return 1; }

  # The paths of the list, found in the commit's own tree; the place of each in
  # the pack is a path of the index, so that git itself writes the files.
  awk -F '\t' -v members="groups/$group" -v tree="$git/tree" -v index_info="$git/index-info" -v blobs="$git/blobs" '
    FILENAME == members { want[$1] = 1; next }
    FILENAME == "members" { folder[$1] = $2; next }
    FILENAME == tree {
      split($1, entry, " ")
      if (entry[1] ~ /^100/) blob[substr($0, length($1) + 2)] = entry[3]
      next
    }
    $1 in want {
      if (!($5 in blob)) { print "the commit has no file " $5; missing = 1; next }
      print "100644 " blob[$5] " 0\t" folder[$1] "/" $4 > index_info
      if (!seen[blob[$5]]++) print blob[$5] > blobs
    }
    END { exit missing }
  ' "groups/$group" members "$git/tree" files || return 1

  # What an unfiltered answer already brought is not asked for again.
  git cat-file --batch-all-objects --unordered --batch-check='%(objectname)' > "$git/present" || return 1
  awk 'NR == FNR { have[$1] = 1; next } !($1 in have)' "$git/present" "$git/blobs" > "$git/asked"
  if [ -s "$git/asked" ]; then
    ask --stdin < "$git/asked" || { echo "git could not fetch the files of the commit"; return 1; }
  fi

  tr '\n' '\0' < "$git/index-info" | git update-index -z --index-info || return 1
  git --work-tree="$out" checkout-index --all --force --prefix="$out/" || return 1
  rm -rf "$git"
  : > "groups/$group.done"
}

# ask ARGUMENT...: one request to the repository; a server that hangs is left.
ask() {
  local status refs=()
  if [ "$1" != --stdin ]; then
    refs=("$2")
    set -- "$1"
  fi
  timeout --kill-after=10 300 git -c http.lowSpeedLimit=500 -c http.lowSpeedTime=60 \
    -c fetch.negotiationAlgorithm=noop -c protocol.version=2 -c core.askPass=true \
    fetch --quiet --no-tags --no-write-fetch-head --recurse-submodules=no --no-auto-maintenance \
    --filter=blob:none "$1" origin "${refs[@]}"
  status=$?
  if ((status == 124 || status == 137)); then echo "the server did not answer within 5 minutes"; fi
  return "$status"
}

# apply_diffs MEMBER: the commit's files made into the package's.
apply_diffs() {
  local n d path
  while IFS=$'\t' read -r n d path; do
    [ "$n" = "$1" ] || continue
    # The file is named here, so the names inside the diff do not count.
    if ! patch --unified --binary --silent --force --fuzz=0 --no-backup-if-mismatch --reject-file=- \
      -- "$out/${folders[n]}/$path" "diffs/$d" > "patch.$d" 2>&1; then
      note "$n" "the pinned diff does not fit $path: $(head -n 1 "patch.$d")"
      return 1
    fi
  done < diffs.list
}
