"""Runs the examples of Markdown pages, as a reader would.

  run-examples.py --bin BUILD/bin --source CHECKOUT [--update] PAGE...

A fenced block's language says what is done with it:

  mlir      pigeon-opt must take it. A block is a module; if it opens no function
            or module of its own, its operations are put into one, and if it holds
            only attributes or types, one to a line, into a module's attributes.
  console   Lines after `$ ` are run by bash in the checkout's top folder, with the
            tools in PATH; what is written there is thrown away. A command ends in a
            backslash to go on. Lines below a command are its output: all of it, but
            `...` alone on a line stands for any lines, `…` for any text, and SSA numbers
            count from the top of the excerpt. Lines of progress, which slow machines
            print, are left out.
  python    is run by Python, in the same folder as the console blocks of the page.
  console no-run   is for the eye only, as is every other language.

With --update, output that is wrong, or no more than `...`, is replaced by what the
command prints.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^ *```$", re.M | re.S)
PROGRESS = re.compile(r"^[^:\n]+: (?:\d+ %, |done in )?[0-9.]+ s\n", re.M)
OWN_TOP = re.compile(
    r"^\s*(?:builtin\.)?(func\.func|module|gpu\.module|kernel\.program|rgnn\.graph)\b", re.M)


def as_module(block):
    """The block as a text that pigeon-opt parses."""
    lines = [line for line in block.splitlines()
             if line.strip() and not line.lstrip().startswith("//")]
    if lines and all(re.match(r"\s*[#!](?![\w.]+\s*=)", line) for line in lines):
        values = ", ".join(f"example.v{i} = {line.strip()}" for i, line in enumerate(lines))
        return f"module attributes {{{values}}} {{}}\n"
    if OWN_TOP.search(block):
        return block
    if "tile." in block:
        return ("gpu.module @example {\n  tile.func @example() attributes {threads = 128 : i32} {\n"
                f"{block}\n    tile.return\n  }}\n}}\n")
    return f"func.func @example() {{\n{block}\n  return\n}}\n"


def commands_of(body):
    """[command, expected output lines] of a console block."""
    steps = []
    for line in body.splitlines():
        if steps and steps[-1][0].endswith("\\") and not steps[-1][1]:
            steps[-1][0] += "\n" + line.lstrip()
        elif line.startswith("$ "):
            steps.append([line[2:], []])
        elif steps:
            steps[-1][1].append(line)
        elif line.strip():
            raise ValueError(f"a console block starts with '{line}', not with '$ '")
    return steps


def renumbered(text):
    """The text with its SSA numbers counted from 0: what is above an excerpt is not its concern."""
    numbers = {}
    return re.sub(r"%(arg)?\d+\b", lambda name: f"%v{numbers.setdefault(name[0], len(numbers))}",
                  text)


def matches(expected, printed):
    """Whether the printed text is what the lines of the page say."""
    words = lambda line: " ".join(line.split())
    expected = renumbered("\n".join(expected).rstrip()).split("\n")
    printed = renumbered(printed.rstrip())
    pattern = ""
    for line in expected:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(map(re.escape, words(line).split("…"))) + r"\n"
    text = "".join(words(line) + "\n" for line in printed.splitlines())
    return re.fullmatch(pattern, text) is not None


def tidy(printed):
    return [line.rstrip() for line in printed.rstrip().splitlines()]


class Runner:
    def __init__(self, arguments):
        self.source = pathlib.Path(arguments.source).resolve()
        self.update = arguments.update
        self.tool = str(pathlib.Path(arguments.bin).resolve() / "pigeon-opt")
        # `python3` in a page is the Python that runs the tests.
        path = [os.path.dirname(self.tool), os.path.dirname(sys.executable), os.environ["PATH"]]
        self.environment = dict(os.environ, LC_ALL="C.UTF-8",
                                PATH=":".join(path))
        self.count, self.failures = 0, []

    def fail(self, page, offset, what):
        line = page.read_text().count("\n", 0, offset) + 1
        self.failures.append(f"{page}:{line}: {what}")

    def parse(self, page, offset, body):
        result = subprocess.run([self.tool, "-", "-o", os.devnull], input=as_module(body),
                                text=True, capture_output=True)
        if result.returncode:
            self.fail(page, offset, f"pigeon-opt refuses this block:\n{result.stderr}")

    def execute(self, page, offset, body, folder):
        result = subprocess.run([sys.executable, "-"], cwd=folder, input=body, text=True,
                                capture_output=True)
        if result.returncode:
            self.fail(page, offset, f"Python refuses this block:\n{result.stderr}")

    def run(self, page, offset, body, folder):
        """Runs a console block; returns it with the output that it printed."""
        text = ""
        for command, expected in commands_of(body):
            result = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder,
                                    text=True, env=self.environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            text += "$ " + command.replace("\\\n", "\\\n    ") + "\n"
            if result.returncode:
                self.fail(page, offset, f"'{command}' ends with {result.returncode}:\n{result.stdout}")
            printed = PROGRESS.sub("", result.stdout)
            same = not expected or matches(expected, printed)
            if self.update and expected == ["..."]:
                same = False
            if not same and not self.update:
                self.fail(page, offset, f"'{command}' printed\n{result.stdout}\nthe page says\n"
                          + "\n".join(expected))
            if expected:
                text += "\n".join(expected if same else tidy(printed)) + "\n"
        return text

    def visit(self, page):
        source = page.read_text()
        with tempfile.TemporaryDirectory() as folder:
            for entry in self.source.iterdir():
                if entry.name != "build" and not entry.name.startswith("."):
                    os.symlink(entry, pathlib.Path(folder) / entry.name)
            pieces, end = [], 0
            for found in FENCE.finditer(source):
                info, body = found["info"].strip(), found["body"]
                self.count += info in ("mlir", "console", "python")
                if info == "mlir":
                    self.parse(page, found.start(), body)
                elif info == "python":
                    self.execute(page, found.start(), body, folder)
                elif info == "console":
                    body = self.run(page, found.start(), body, folder)
                pieces += [source[end:found.start("body")], body]
                end = found.end("body")
            pieces.append(source[end:])
        if self.update and "".join(pieces) != source:
            page.write_text("".join(pieces))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    runner = Runner(arguments)
    for page in arguments.pages:
        runner.visit(page)
    print("\n".join(runner.failures), file=sys.stderr)
    print(f"{runner.count} examples, {len(runner.failures)} failed")
    return 1 if runner.failures else 0


if __name__ == "__main__":
    sys.exit(main())
