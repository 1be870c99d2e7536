"""Asks the program to compare two documents."""

import json
import pathlib
import subprocess
from typing import NamedTuple

QUESTIONS = ("effective", "drop_in")

# Exit status by the verdict on one document in the other's place.
STATUS = {"equal": 0, "unknown": 5}
DIFFERS = 2


class Answer(NamedTuple):
    # The verdict for each question.
    verdicts: dict
    # Requests that are said to prove what is gained and lost with one document in the other's place.
    gained: list
    lost: list
    status: int


def read(text, status):
    """The one place that knows the shape of the program's answer."""
    answer = json.loads(text)

    def requests(lines):
        witnesses = [line["witness"] for line in lines]
        return [
            {"action": w["action"], "resource": w["resource"], "context": w.get("context", {})}
            for w in witnesses
        ]

    verdicts = {question: answer[question]["verdict"] for question in QUESTIONS}
    return Answer(verdicts, requests(answer["gained"]), requests(answer["lost"]), status)


def compare(program, live, wanted, folder):
    paths = []
    for name, document in (("live", live), ("wanted", wanted)):
        paths.append(pathlib.Path(folder, f"{name}.json"))
        paths[-1].write_text(json.dumps(document))
    command = [program, "policy", "compare", *paths, "--format", "json"]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=60)
    if not done.stdout:
        raise RuntimeError(f"no answer, status {done.returncode}: {done.stderr.strip()}")
    return read(done.stdout, done.returncode)
