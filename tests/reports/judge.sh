#!/usr/bin/env bash
# Judges the reports of every case by validators that others wrote. Give the Python of a virtual environment.
#
#     judge.sh PYTHON
#
# Needs node, npm, java and Chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."
python="$PWD/$1"
work="$PWD/target/ci/reports"
mkdir -p "$work"

"$python" -m pip install --quiet --disable-pip-version-check -r tests/reports/requirements.txt
cmp -s tests/reports/package.json "$work/package.json" || {
  cp tests/reports/package.json "$work/package.json"
  npm install --prefix "$work" --silent --no-audit --no-fund --no-package-lock --ignore-scripts
}
# Jenkins' schema of JUnit XML is among the tests of pytest.
pytest="pytest-8.4.2"
if [ ! -f "$work/junit-10.xsd" ]; then
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary pytest --dest "$work" "pytest==${pytest#*-}"
  tar -xzf "$work/$pytest.tar.gz" -C "$work" --strip-components=3 "$pytest/testing/example_scripts/junit-10.xsd"
fi

rm -rf "$work/written"
EXPORT_IAM_REPORTS="$work/written" cargo test --quiet --test library formats::

"$python" -B tests/reports/judge.py "$work/written" "$work/junit-10.xsd"

# The tool ends well whatever it finds. It wants the address of a project page, which there is none of.
multitool="$work/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
chmod +x "$multitool"
"$multitool" validate "$work/written/*.sarif" --rule-kind "Sarif;Ghas" --output "$work/multitool.sarif" --log ForceOverwrite > "$work/multitool.txt"
if grep -E ": (error|warning) " "$work/multitool.txt" | grep -v "SARIF2005"; then
  exit 1
fi
grep -E "files scanned" "$work/multitool.txt"

cp tests/reports/pages.mjs "$work/pages.mjs"
cd "$work"
node pages.mjs "$work/written" "$(command -v chromium)"
