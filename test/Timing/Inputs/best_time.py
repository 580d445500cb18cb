"""best_time.py [--runs N] LIMIT STEPS COMMAND...: fails if a command that prints the
milliseconds of its steps (named in STEPS, between commas) never stays within
LIMIT. Each run counts by its steps or by its processor time, whichever is less,
and the first one within the limit is enough: work beside it can only lengthen a
run. The runs of a program that is too slow are spread over half a minute."""
import argparse
import re
import resource
import subprocess
import sys
import time


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (usage.ru_utime + usage.ru_stime)


parser = argparse.ArgumentParser()
parser.add_argument("--runs", type=int, default=30)
parser.add_argument("limit", type=float)
parser.add_argument("steps", type=lambda text: text.split(","))
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
times = []
while len(times) < options.runs:
    before = processor_time()
    text = subprocess.run(options.command, check=True, capture_output=True, text=True).stderr
    steps = re.findall(r"^ *([0-9.]+) ms  (.*)$", text, re.MULTILINE)
    if [name for _, name in steps] != options.steps:
        sys.exit(f"these are not the steps {options.steps}:\n{text}")
    times.append(min(sum(float(took) for took, _ in steps),
                     processor_time() - before))
    if times[-1] <= options.limit:
        sys.exit(0)
    time.sleep(0.5)
sys.exit(f"the fastest of {len(times)} runs took {min(times):.0f} ms, at most "
         f"{options.limit:.0f} are allowed")
