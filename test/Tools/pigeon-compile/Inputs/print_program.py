"""print_program.py PROGRAM.json: one line for each part of a program, with its
sizes as expressions of domains and arrays."""
import json
import sys

with open(sys.argv[1]) as file:
    program = json.load(file)


def symbol(index):
    entry = program["symbols"][index]
    if entry["kind"] == "rows":
        return entry["graph"] + "." + entry["domain"]
    return entry["array"]


NAMES = {"+": "add", "*": "mul"}


def size(postfix):
    """The expression of a size in postfix order."""
    stack = []
    for term in postfix:
        if isinstance(term, int):
            stack.append(str(term))
        elif term[0] == "s" and term[1:].isdigit():
            stack.append(symbol(int(term[1:])))
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(f"{NAMES.get(term, term)}({left}, {right})")
    (result,) = stack
    return result


def sizes(list_of_postfix):
    return "[" + ", ".join(map(size, list_of_postfix)) + "]"


print("program", program["name"])
for graph in program["graphs"]:
    print("graph", graph["name"])
for buffer in program["buffers"]:
    domain = buffer["graph"] + "." + buffer["domain"] if buffer["graph"] else "nothing"
    print(buffer["kind"], buffer["name"], buffer["type"] + sizes(buffer["shape"]),
          "on", domain)
for launch in program["launches"]:
    print("launch", launch["kernel"], f'"{launch["label"]}"', "grid",
          sizes(launch["grid"]))
    print("  operations", size(launch["operations"]))
