#!/usr/bin/env bash
# Runs drift and leaves its reports in a folder. Everything comes in variables and is never read as a command.
set -euo pipefail

reports="$RUNNER_TEMP/export-iam-reports"
mkdir -p "$reports"
export PATH="$RUNNER_TEMP/export-iam/bin:$PATH"

if [ -n "${ROLE:-}" ]; then
  token="$RUNNER_TEMP/export-iam-token"
  # Tokens stand in no command line: curl takes its header from standard input.
  (
    umask 077
    printf 'header = "Authorization: bearer %s"\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
      curl --silent --show-error --fail --retry 3 --config - \
        --get --data-urlencode "audience=$AUDIENCE" "$ACTIONS_ID_TOKEN_REQUEST_URL" |
      jq --raw-output --join-output .value > "$token"
  )
  export ALIBABA_CLOUD_ROLE_ARN="$ROLE"
  export ALIBABA_CLOUD_OIDC_PROVIDER_ARN="$OIDC_PROVIDER"
  export ALIBABA_CLOUD_OIDC_TOKEN_FILE="$token"
fi

status=0
export-iam drift --fail-on "$FAIL_ON" \
  --report "json=$reports/drift.json" \
  --report "sarif=$reports/drift.sarif" \
  --report "junit=$reports/drift.xml" \
  --report "markdown=$reports/drift.md" \
  -- "$SPEC" || status=$?

{
  echo "status=$status"
  echo "reports=$reports"
  # Without an answer there is no report.
  if [ -s "$reports/drift.sarif" ]; then
    echo "sarif=$reports/drift.sarif"
  fi
} >> "$GITHUB_OUTPUT"
