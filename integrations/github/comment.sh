#!/usr/bin/env bash
# Keeps one comment on the pull request up to date. The text goes from file to file and is never read as a command.
set -euo pipefail

body="$REPORTS/drift.md"
number=$(jq --raw-output '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if [ -z "$number" ] || [ ! -s "$body" ]; then
  exit 0
fi

comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
# Only a comment of a bot: anybody else could begin one with the same words.
ours='.[] | select(.user.type == "Bot" and (.body | startswith("<!-- export-iam drift -->"))) | .id'

write() {
  local ids id
  ids=$(gh api --paginate "$comments" --jq "$ours") || return 1
  id=${ids%%$'\n'*}
  if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body"
  else
    gh api --silent --method POST "$comments" --field "body=@$body"
  fi
}

# A pull request from a fork has a token that may not write; the status of drift counts all the same.
write || echo "::warning::export-iam: the comment could not be written; the job needs pull-requests: write"
