"""compare_lists.py OWN HOST: what pigeon-opt lists (dialects, passes or pipelines,
as --show-dialects and --list-passes print them) that the host does not list."""
import re
import sys


def names(path):
    text = open(path).read()
    dialects = re.search(r"Available Dialects: (.*)", text)
    if dialects:
        return dialects[1].split(",")
    return re.findall(r"^  --([\w-]+)", text, re.M)


own, host = names(sys.argv[1]), set(names(sys.argv[2]))
print("\n".join(own))
print("missing:", " ".join(n for n in own if n not in host) or "none")
