"""Drives `life/steps.json` with one client, and writes down what the client made of each answer, as JSON lines.

usage: SANDBOX_RECORD=FILE life.py (v3 | v1 | classic)
"""

import json
import os
import re
import sys

from clients import KEY_ID, SECRET, Refused, classic, newest

CLIENTS = {
    "v3": lambda *key: newest(None, *key),
    "v1": lambda *key: newest("v2", *key),
    "classic": lambda *key: classic(*key),
}


def filled(value, kept):
    """`$name` is a value that was kept, `$65` is a text of 65 letters."""
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    return "a" * int(value[1:]) if re.fullmatch(r"\$\d+", value) else kept[value[1:]]


def at(answer, path):
    for part in path.split("."):
        answer = answer[int(part)] if part.isdigit() else answer[part]
    return answer


class Life:
    def __init__(self, name, record):
        self.name, self.client, self.record = name, CLIENTS[name], record
        self.kept, self.clients = {}, {}

    def client_of(self, step):
        key = tuple(filled(part, self.kept) for part in step.get("key", f"{KEY_ID}:{SECRET}").split(":"))
        if key not in self.clients:
            self.clients[key] = self.client(*key)
        return self.clients[key]

    def ask(self, step):
        """The answer, or the refusal; what became of it is written down."""
        service, action = step["call"].split(".")
        try:
            answer = self.client_of(step)(action, service=service, **filled(step.get("with", {}), self.kept))
        except Refused as refused:
            self.note(step, refused.request_id, status=refused.status, code=refused.code)
            return f"{refused.status} {refused.code}"
        self.note(step, answer["RequestId"], status=200, model=answer)
        return answer

    def note(self, step, request_id, **what):
        print(json.dumps({"operation": step["call"], "id": request_id, **what}), file=self.record)

    def live(self, step):
        answer = self.ask(step)
        if "error" in step:
            # The classic client has a code of its own for a wrong secret.
            error = step.get(f"error of {self.name}", step["error"])
            assert answer == error, f"{step}: {answer}"
            return
        assert isinstance(answer, dict), f"{step}: {answer}"
        while any(at(answer, path) != value for path, value in step.get("until", {}).items()):
            # The sandbox's time runs on with each look.
            answer = self.ask(step)
        for path, value in step.get("is", {}).items():
            assert at(answer, path) == filled(value, self.kept), f"{step}: {path} of {answer}"
        for name, path in step.get("keep", {}).items():
            self.kept[name] = at(answer, path)


def main():
    name = sys.argv[1]
    folder = __file__.rpartition("/")[0]
    with open(f"{folder}/life/steps.json") as steps, open(os.environ["SANDBOX_RECORD"], "w") as record:
        life = Life(name, record)
        for step in json.load(steps):
            if isinstance(step, dict):
                life.live(step)


if __name__ == "__main__":
    sys.exit(main())
