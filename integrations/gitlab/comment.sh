#!/bin/sh
# Keeps one note on the merge request up to date. The text goes from file to file and is never read as a command, and the
# token stands in no command line and no output.
set -eu

body=drift.md
marker='<!-- export-iam drift -->'
iid=${CI_MERGE_REQUEST_IID:-}
token=${EXPORT_IAM_GITLAB_TOKEN:-}

say() { printf 'export-iam: %s\n' "$1"; }

if [ -z "$iid" ]; then
  exit 0
fi
if [ ! -s "$body" ]; then
  say "no note on the merge request: drift left no report"
  exit 0
fi
# Pipelines of a fork run in the fork, which does not have the variables of the project.
if [ -z "$token" ]; then
  say "no note on the merge request: EXPORT_IAM_GITLAB_TOKEN is not set"
  exit 0
fi
case $token in
  *[!A-Za-z0-9_.-]*)
    say "no note on the merge request: EXPORT_IAM_GITLAB_TOKEN is not a token"
    exit 0
    ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
notes="projects/$CI_PROJECT_ID/merge_requests/$iid/notes"

# Asks the API: a method, a path, and perhaps a file to send.
api() {
  printf 'header = "PRIVATE-TOKEN: %s"\n' "$token" |
    curl --silent --show-error --fail --max-time 60 --retry 3 --config - \
      --request "$1" ${3:+--header 'Content-Type: application/json' --data-binary "@$3"} "$CI_API_V4_URL/$2"
}

# The note of last time: by the token's own user, because anybody else could begin one with the same words.
find_note() {
  me=$(api GET user | jq '.id') || return 1
  page=1
  while :; do
    api GET "$notes?order_by=created_at&sort=asc&per_page=100&page=$page" > "$work/page" || return 1
    id=$(jq --argjson me "$me" --arg marker "$marker" \
      'map(select(.author.id == $me and (.system | not) and (.body | startswith($marker)))) | first | .id // empty' \
      "$work/page") || return 1
    if [ -n "$id" ] || [ "$(jq length "$work/page")" -lt 100 ]; then
      return 0
    fi
    page=$((page + 1))
  done
}

write() {
  id=
  find_note || return 1
  # GitLab takes 1,000,000 characters; the report is shorter.
  jq --raw-input --slurp '{ body: . }' "$body" > "$work/note" || return 1
  if [ -n "$id" ]; then
    api PUT "$notes/$id" "$work/note" > "$work/answer"
  else
    api POST "$notes" "$work/note" > "$work/answer"
  fi
}

# The status of drift counts all the same.
if ! write; then
  say "the note on the merge request could not be written; the token needs the scope api and the role Reporter"
fi
