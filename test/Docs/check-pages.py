"""Checks the pages themselves: check-pages.py --source CHECKOUT --generated BUILD/docs

Every page has a test here that runs its examples, every relative link and every file
that is named leads somewhere, and every operation, attribute, type and pass in the generated pages has
a summary, and an example where it is something that a reader writes.
"""
import argparse
import pathlib
import re
import sys

FENCE = re.compile(r"^ *```.*?^ *```", re.M | re.S)
PATH = re.compile(r"`((?:lib|include|test|tools|docs|data)/[\w./-]+\.\w+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Terminators and the plain enumerations of ODS speak for themselves.
NO_EXAMPLE = re.compile(r"`(kernel|lowp)\.yield`|(Reduction|Precision|BufferKind|AggregateKind|ReduceKind)Attr$")


def pages_of(source):
    return [source / "README.md", *sorted((source / "docs").rglob("*.md"))]


def untested(source):
    tests = "".join(p.read_text() for p in (source / "test/Docs").glob("*.test"))
    for page in pages_of(source):
        if "%src/" + page.relative_to(source).as_posix() not in tests:
            yield f"{page}: no test in test/Docs runs its examples"


def broken_links(source):
    pages = pages_of(source) + [source / "data/README.md", source / "third_party/README.md"]
    for page in pages:
        for target in LINK.findall(FENCE.sub("", page.read_text())):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{page}: the link to {target} leads nowhere"
        for path in PATH.findall(page.read_text()):
            if not (source / path).exists():
                yield f"{page}: there is no {path}"


def bare_entries(generated):
    """Sections of the generated pages without a summary or an example."""
    found = 0
    for page in sorted(generated.glob("*.md")):
        for section in re.split(r"^###+ ", page.read_text(), flags=re.M)[1:]:
            title, _, text = section.partition("\n")
            if title.endswith(("Attributes:", "Operands:", "Results:", "Options", "Parameters:")):
                continue
            # Operations and types as `kernel.gemm`, passes as `-kernel-to-tile`.
            if not title.startswith("`") and not title.endswith("Attr") and not title.endswith("Type"):
                continue
            found += 1
            if not re.search(r"^_\S.*_$", text, re.M):
                yield f"{page.name}: {title} has no summary"
            if "```mlir" not in text and not NO_EXAMPLE.search(title):
                yield f"{page.name}: {title} has no example in its description"
    if not found:
        yield f"{generated}: no generated pages; build the target pigeon-doc"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--generated", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    errors = [*untested(arguments.source), *broken_links(arguments.source),
              *bare_entries(arguments.generated)]
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
