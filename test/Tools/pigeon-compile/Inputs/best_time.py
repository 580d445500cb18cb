"""best_time.py LIMIT COMMAND...: fails if a command that prints the milliseconds
of its steps takes more than LIMIT in each of several runs. Each run counts by
its steps or by its processor time, whichever is less: a busy machine lengthens
the first and hardly the second."""
import re
import resource
import subprocess
import sys


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (usage.ru_utime + usage.ru_stime)


limit = float(sys.argv[1])
times = []
for attempt in range(5):
    before = processor_time()
    text = subprocess.run(sys.argv[2:], check=True, capture_output=True,
                          text=True).stderr
    steps = re.findall(r"^ *([0-9.]+) ms  (.*)$", text, re.MULTILINE)
    if [name for _, name in steps] != ["parse", "model to PTX"]:
        sys.exit(f"these are not the steps from text to PTX:\n{text}")
    times.append(min(sum(float(time) for time, _ in steps),
                     processor_time() - before))
    if times[-1] <= limit:
        sys.exit(0)
sys.exit(f"the fastest of {len(times)} runs took {min(times):.0f} ms, at most "
         f"{limit:.0f} are allowed")
