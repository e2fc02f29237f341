# makeWrapper and wrapProgram, for the options that are used.

makeWrapper() {
  local original=$1 wrapper=$2 flags='' prefix arg0='"$0"'
  shift 2
  mkdir -p "$(dirname "$wrapper")"
  {
    echo "#!$(command -v bash)"
    while (($#)); do
      case $1 in
        --set) printf 'export %s=%q\n' "$2" "$3"; shift 3 ;;
        --set-default) printf 'export %s="${%s-%q}"\n' "$2" "$2" "$3"; shift 3 ;;
        --unset) printf 'unset %s\n' "$2"; shift 2 ;;
        --prefix) printf 'export %s=%q"${%s:+%s$%s}"\n' "$2" "$4" "$2" "$3" "$2"; shift 4 ;;
        --suffix) printf 'export %s="${%s:+$%s%s}"%q\n' "$2" "$2" "$2" "$3" "$4"; shift 4 ;;
        --run) printf '%s\n' "$2"; shift 2 ;;
        --chdir) printf 'cd %q\n' "$2"; shift 2 ;;
        --add-flags) flags+=" $2"; shift 2 ;;
        --argv0) arg0=$(printf %q "$2"); shift 2 ;;
        --inherit-argv0) arg0='"$0"'; shift ;;
        *) echo "makeWrapper: unknown option $1" >&2; return 1 ;;
      esac
    done
    printf 'exec -a %s %q%s "$@"\n' "$arg0" "$original" "$flags"
  } > "$wrapper"
  chmod +x "$wrapper"
}

wrapProgram() {
  local program=$1 hidden
  hidden=$(dirname "$1")/.$(basename "$1")-wrapped
  shift
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" "$@"
}
