"""Judges `policy compare` by an SMT solver. See README.md in this folder.

    python3 judge.py PROGRAM [--random N] [--real N] [--seed SEED] [--only NUMBER] [--workers N]
"""

import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import random
import secrets
import sys
import tempfile
import time

import answers
import evaluator
import random_pairs
import readings
import real_pairs
import symbolic
from texts import GaveUp

# The most that may stay open: answers "unknown" although all readings agree, and pairs the solver gives up on.
MOST_OPEN_PERCENT = 1.0


DIRECTIONS = {
    "equal": set(),
    "broader": {"gained"},
    "narrower": {"lost"},
    "incomparable": {"gained", "lost"},
}

# What `(allowed, denied)` of live and of wanted must be.
SHOWS = {
    "allow gained": lambda live, wanted: wanted[0] and not live[0],
    "allow lost": lambda live, wanted: live[0] and not wanted[0],
    "deny gone": lambda live, wanted: live[1] and not wanted[1],
    "deny added": lambda live, wanted: wanted[1] and not live[1],
}
PROOFS = {"gained": ("allow gained", "deny gone"), "lost": ("allow lost", "deny added")}


def may_be(said, possible, certain):
    """Whether a verdict claims no more than the possible differences, and all of the certain ones."""
    return DIRECTIONS[certain] <= DIRECTIONS[said] <= DIRECTIONS[possible]


def judged(question, said, by_reading):
    """`(kind, what is wrong)` of one verdict."""
    expected = [answer.verdicts(question) for answer in by_reading.values()]
    if said == "unknown":
        settled = len(set(expected)) == 1 and expected[0][0] == expected[0][1]
        return ("unknown, judge settled" if settled else "unknown, open"), None
    wrong = [(possible, certain) for possible, certain in expected if not may_be(said, possible, certain)]
    if wrong:
        text = ", ".join(
            f"{tuple(reading)}: {answer.verdicts(question)}" for reading, answer in by_reading.items()
        )
        return said, f"{question} is said to be {said}; the judge: {text}"
    return said, None


def witness_fault(direction, request, live, wanted):
    """What is wrong with a request that is said to prove a difference, or None. Lines are in the likeliest reading."""
    decided = [evaluator.decide(document, request, readings.DEFAULT) for document in (live, wanted)]
    if any(SHOWS[name](*decided) for name in PROOFS[direction]):
        return None
    return f"{json.dumps(request)} is said to be {direction}; allowed and denied by live and wanted: {decided}"


def own_faults(by_reading, live, wanted):
    """Requests of the solver that the evaluator does not confirm: the judge's two halves disagree."""
    for reading, answer in by_reading.items():
        for name, request in answer.certain.items():
            if request is None:
                continue
            try:
                decided = [evaluator.decide(document, request, reading) for document in (live, wanted)]
            except evaluator.NotInterpreted:
                continue
            if not SHOWS[name](*decided):
                yield f"judge's own request for {name}, {tuple(reading)}: {json.dumps(request)} gives {decided}"


def judge(program, name, live, wanted):
    """What came of one pair: a counter of kinds, and the faults found."""
    counts, faults = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        answer = answers.compare(program, live, wanted, folder)
    try:
        by_reading = {
            reading: symbolic.compare(live, wanted, reading) for reading in readings.that_differ(live, wanted)
        }
    except GaveUp:
        counts["judge gave up"] += 1
    else:
        faults += own_faults(by_reading, live, wanted)
        for question, said in answer.verdicts.items():
            kind, wrong = judged(question, said, by_reading)
            counts[question, kind] += 1
            faults += [wrong] if wrong else []
    faults += contradictions(answer)
    for direction, request in [("gained", r) for r in answer.gained] + [("lost", r) for r in answer.lost]:
        try:
            fault = witness_fault(direction, request, live, wanted)
            counts["witness"] += 1
            faults += [fault] if fault else []
        except evaluator.NotInterpreted:
            counts["witness not decidable"] += 1
    return name, live, wanted, counts, faults


def contradictions(answer):
    """Where the parts of one answer do not fit each other."""
    said = answer.verdicts["drop_in"]
    status = answers.STATUS.get(said, answers.DIFFERS)
    if answer.status != status:
        yield f"status {answer.status}, not {status}"
    if said in DIRECTIONS:
        shown = {name for name in ("gained", "lost") if getattr(answer, name)}
        if shown != DIRECTIONS[said]:
            yield f"drop_in is {said}, and the lines show {sorted(shown)}"


def random_pair(seed, number):
    return (f"random {number}", *random_pairs.pair(random.Random(f"{seed}:{number}")))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=os.path.abspath, help="the binary to judge")
    parser.add_argument("--random", type=int, default=5000, metavar="N", help="random pairs [default: 5000]")
    parser.add_argument("--real", type=int, default=300, metavar="N", help="pairs from real-life documents [default: 300]")
    parser.add_argument("--seed", default="1", help="any text; `new` for one that was never used [default: 1]")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="only this random pair, shown in full")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes [default: 2]")
    return parser.parse_args()


def main():
    options = arguments()
    seed = secrets.token_hex(8) if options.seed == "new" else options.seed
    if options.only is not None:
        chosen = [random_pair(seed, options.only)]
        print(json.dumps({"live": chosen[0][1], "wanted": chosen[0][2]}, indent=1))
    else:
        real = list(itertools.islice(real_pairs.pairs(), options.real))
        if len(real) < options.real:
            sys.exit(f"there are only {len(real)} real-life pairs")
        chosen = [*real, *(random_pair(seed, number) for number in range(options.random))]

    started = time.monotonic()
    counts, faulty = collections.Counter(), 0
    with concurrent.futures.ProcessPoolExecutor(options.workers) as pool:
        jobs = pool.map(judge, itertools.repeat(options.program), *zip(*chosen), chunksize=16)
        for name, live, wanted, found, faults in jobs:
            counts += found
            faulty += bool(faults)
            if faults and faulty <= 20:
                print(f"\n{name}\n live   {json.dumps(live)}\n wanted {json.dumps(wanted)}")
                print(*(f" - {fault}" for fault in faults), sep="\n")

    print(f"seed {seed}: {len(chosen)} pairs in {time.monotonic() - started:.0f} s")
    for question in answers.QUESTIONS:
        kinds = {kind[1]: count for kind, count in sorted(counts.items(), key=str) if kind[0] == question}
        print(f"{question}:", ", ".join(f"{count} {kind}" for kind, count in kinds.items()))
    print(
        f"witnesses: {counts['witness']} decided, {counts['witness not decidable']} not decidable; "
        f"the judge gave up on {counts['judge gave up']}"
    )
    still_open = sum(counts[question, "unknown, judge settled"] for question in answers.QUESTIONS)
    percent = 100 * max(still_open / 2, counts["judge gave up"]) / len(chosen)
    if faulty:
        sys.exit(f"{faulty} pairs are wrong")
    if percent > MOST_OPEN_PERCENT:
        sys.exit(f"{percent:.1f} % stay open, more than {MOST_OPEN_PERCENT} %")


if __name__ == "__main__":
    main()
