#!/usr/bin/env bash
# Completions in real shells, and the manual pages through groff.
# Usage: completions.sh BINARY. Needs bash, zsh, fish and groff.
set -euo pipefail
binary=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/home"
ln -s "$binary" "$folder/bin/export-iam"
export PATH="$folder/bin:$PATH" HOME="$folder/home"
passed=0

# expect WHAT WANTED TEXT: the text has a line that starts with WANTED.
expect() {
  if ! grep -q -- "^$2" <<<"$3"; then
    printf '%s: no `%s` in:\n%s\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  passed=$((passed + 1))
}

in_bash() {
  bash --norc -c '
    source <(export-iam completions bash)
    read -ra COMP_WORDS <<<"$1"
    [[ $1 == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    function=$(complete -p export-iam | sed "s/.*-F \([^ ]*\).*/\1/")
    "$function" export-iam "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}

in_fish() {
  fish --no-config -c 'export-iam completions fish | source; complete --do-complete $argv[1]' "$1"
}

in_zsh() {
  timeout 60 zsh -f "$here/offers.zsh" "$1" "$2" | tr -d '\r' | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g'
}

for shell in bash fish; do
  expect "$shell" 'policy' "$("in_$shell" 'export-iam pol')"
  expect "$shell" 'compare' "$("in_$shell" 'export-iam policy ')"
  expect "$shell" '--fail-on' "$("in_$shell" 'export-iam drift --fail')"
done
expect zsh 'compare' "$(in_zsh 'export-iam policy ' compare)"

for command in "" plan apply drift "policy compare"; do
  # shellcheck disable=SC2086
  export-iam man $command > "$folder/page"
  complaints=$(groff -man -Tutf8 -ww -rLL=100n "$folder/page" 2>&1 >"$folder/shown")
  if [ -n "$complaints" ]; then
    printf 'man %s: %s\n' "$command" "$complaints" >&2
    exit 1
  fi
  # Bold letters are printed twice, with a backspace between.
  expect "man $command" 'SYNOPSIS' "$(sed 's/.\x08//g' "$folder/shown")"
done
echo "$passed passed, 0 failed"
