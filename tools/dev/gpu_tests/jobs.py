"""What the GPU tests run: each job is a command and a verdict on what it did."""
import dataclasses
import itertools
import json
import pathlib
import re
import sys
import typing

import numpy as np

import covering
import lowp
import wavefronts

# Aggregates are kernels of their own.
STORED = " destination-stationary=off fuse-rows=off fuse-terms=off"
# Aggregates are computed on the way into products, whatever that costs.
FUSED = " destination-stationary=off fuse-rows=on fuse-terms=on"
FUSIONS = {
    "all": FUSED,
    "no_gather": "fuse-gather=false",
    "no_epilogue": "fuse-epilogue=false",
    "no_body": "fuse-body=false",
    "no_rows": "fuse-rows=off",
    "no_terms": "fuse-terms=off",
    "none": "fuse-gather=false fuse-epilogue=false fuse-body=false" + STORED,
}
SCHEDULES = {
    "small_tiles": "block-m=16 block-n=32",
    "wide_tiles": "block-m=128 block-n=32 block-k=8",
    "one_row": "rows=1" + STORED,
    "many_rows": "rows=32 block-n=16" + STORED,
    "short_chunks": "chunk=7" + STORED,
    "short_segments": "segment-chunk=2 term-chunk=3 segment-unroll=3" + FUSED,
    "long_segments": "segment-chunk=100 term-chunk=100 segment-unroll=4" + FUSED,
    "stages": "block-k=16 stages=4",
    "register_path": "block-k=32 stages=2 a-path=register",
    "items": "items=3 block-k=32 stages=3" + STORED,
    "items_of_entries": "items=3" + FUSED,
    "many_items_of_entries": "items=8 block-k=32 stages=3 segment-chunk=4" + FUSED,
    "large_shared": "items=2 stages=3" + STORED,
    "owners": "destination-stationary=on",
    "owners_in_rounds": "destination-stationary=on block-k=16 block-n=32 segment-chunk=2",
}
MODELS = ("rgcn", "rgcn_basis", "compgcn")
# Kernels that formation makes of several.
MERGED = ("merged", "merged-segments")
# Beside the corner cases.
COVERED_GRAPHS = ("aifb", "mutag", "fb15k237", "wn18rr", "am_recon", "umls")
# What a clean run of each tool of compute-sanitizer ends with.
SANITIZERS = {
    "memcheck": r"ERROR SUMMARY: 0 errors",
    "racecheck": r"RACECHECK SUMMARY: 0 hazards displayed \(0 errors, 0 warnings\)",
    "synccheck": r"ERROR SUMMARY: 0 errors",
    "initcheck": r"ERROR SUMMARY: 0 errors",
}
SANITIZER_FAILURES = r"Internal Sanitizer Error|terminated before first instrumented"


@dataclasses.dataclass
class Job:
    group: str
    name: str
    command: list
    # Takes the finished run and returns what is wrong with it, or None.
    judge: typing.Callable
    limit: float = 120

    @property
    def title(self):
        return f"{self.group}/{self.name}"


@dataclasses.dataclass
class Run:
    code: int
    stdout: str
    stderr: str
    seconds: float = 0


def last_line(run):
    """The line that says most about a run that failed."""
    lines = [l for l in (run.stderr + "\n" + run.stdout).splitlines() if l.strip()]
    errors = [l for l in lines if "error" in l.lower()]
    return (errors or lines or ["it printed nothing"])[-1].strip()[:300]


def report_of(run):
    """pigeon-run's report; None where there is none."""
    try:
        return json.loads(run.stdout)
    except json.JSONDecodeError:
        return None


def judge_code(run):
    return None if run.code == 0 else f"exit code {run.code}: {last_line(run)}"


def judge_tests(run):
    """A test program in which nothing failed and something ran."""
    passed = re.search(r"\[  PASSED  \] (\d+) test", run.stdout)
    if run.code != 0 or not passed or int(passed[1]) == 0:
        return f"exit code {run.code}: {last_line(run)}"
    skipped = re.search(r"\[  SKIPPED \] (\d+) test", run.stdout)
    return f"tests skipped: {skipped[1]}" if skipped else None


def describe_wrong(report):
    wrong = [r for r in report["results"] if not r["check"]["passed"]]
    return "; ".join(
        f"{r['name']}: {c['wrong']} of {c['elements']} elements wrong, worst {c['worst_place']}:"
        f" expected {c['expected']}, found {c['found']}, bound {c['bound']}"
        for r in wrong for c in [r["check"]])


def judge_check(run):
    report = report_of(run)
    if report is None:
        return f"exit code {run.code}, no report: {last_line(run)}"
    if not report.get("passed"):
        return describe_wrong(report) if "passed" in report else "nothing was checked"
    # A result of nothing but zeros would compare as well as any.
    if any(r["not_finite"] or r["rms"] == 0 for r in report["results"]):
        return "a result is zero or not finite"
    return judge_code(run)


def digests_of(run):
    """Of each result by name: equal for results that are equal to the last bit."""
    report = report_of(run)
    return {r["name"]: r["digest"] for r in report["results"]} if report else None


def judge_arrays(expected, found, tolerance):
    """Two result files agree: to the last bit, or to a share of the largest value."""
    def judge(run):
        if run.code != 0:
            return judge_code(run)
        if not pathlib.Path(expected).exists():
            return f"there is no {pathlib.Path(expected).name} to compare with"
        with np.load(expected) as first, np.load(found) as second:
            if set(first) != set(second) or not set(first):
                return f"results {sorted(first)} and {sorted(second)}"
            for name in first:
                complaint = compare(first[name], second[name], tolerance)
                if complaint:
                    return f"{name}: {complaint}"
        return None
    return judge


def compare(first, second, tolerance):
    if first.shape != second.shape or first.dtype != second.dtype:
        return f"{first.dtype}{first.shape} and {second.dtype}{second.shape}"
    if not tolerance:
        differing = int(np.count_nonzero(
            first.view(np.uint8) != second.view(np.uint8)))
        return f"{differing} bytes differ" if differing else None
    difference = float(np.abs(first.astype(np.float64) - second).max())
    bound = tolerance * float(np.abs(first).max())
    return None if difference <= bound else f"differ by {difference}, more than {bound}"


def judge_sanitizer(tool):
    def judge(run):
        text = run.stdout + run.stderr
        if run.code == 0 and re.search(SANITIZERS[tool], text) and not re.search(
                SANITIZER_FAILURES, text):
            return None
        findings = [l for l in text.splitlines()
                    if re.match(r"=+ +(Error|Invalid|Unin|Race|Barrier|Leaked|.*[Ee]rror)", l)]
        return f"exit code {run.code}: {(findings or [last_line(run)])[0].strip()[:300]}"
    return judge


def judge_planted(tool):
    """The sanitizer must find the fault, in the kernel that has it."""
    def judge(run):
        text = run.stdout + run.stderr
        found = re.search(r"SUMMARY: [1-9]", text) and re.search(r"\bplanted\b", text)
        if run.code == 0 or not found:
            return f"the planted fault was not found: {last_line(run)}"
        return None
    return judge


class Catalogue:
    """Every job, from where the programs, models and graphs are."""

    def __init__(self, pack, work, programs, device, capability, find_program):
        self.pack, self.work, self.programs = pack, work, programs
        self.device, self.capability = device, capability
        self.ptxas = find_program("ptxas")
        # A job whose program is missing fails.
        self.sanitizer = find_program("compute-sanitizer") or "compute-sanitizer"
        self.profiler = find_program("ncu") or "ncu"
        self.graphs = sorted((p.stem for p in (pack / "graphs").glob("*.npz")),
                             key=lambda n: (pack / "graphs" / f"{n}.npz").stat().st_size)
        self.corners = []
        self.digests = {}

    def graph(self, name, model="rgcn"):
        """The file of a graph; models with classes take a copy that has them."""
        with_class = self.work / "corners" / f"{name}.npz"
        if name in self.corners or model == "compgcn":
            return with_class
        return self.pack / "graphs" / f"{name}.npz"

    def run(self, model, graph, *options):
        return [self.programs / "pigeon-run", self.pack / "models" / f"{model}.mlir",
                f"--graph={self.graph(graph, model)}", f"--device={self.device}", "--json",
                *options]

    def result(self, graph, which, model="rgcn"):
        return self.work / f"{model}.{graph}.{which}.npz"

    def out(self, graph, which, model="rgcn"):
        return f"--out={self.result(graph, which, model)}"

    def unit_tests(self):
        for name in ("PigeonCudaTests", "PigeonExecutorTests"):
            yield Job("unit tests", name, [self.programs / name], judge_tests)
        # Each instruction that kernels are made of, on random bits, beside the emulated device.
        yield Job("unit tests", "instructions",
                  [self.programs / "PigeonEmulatedTests", "--gtest_filter=Hardware.*"], judge_tests)
        # Copies and pipelines of tiles, of which one test is about ptxas only.
        yield Job("unit tests", "tiles",
                  [self.programs / "PigeonTileTests",
                   "--gtest_filter=Wavefronts.*:AsyncCopy.CopiesRows*:Pipeline.*"
                   "-Pipeline.AssemblesWithoutSpills"], judge_tests)

    def bank_conflicts(self):
        """Predicted wavefronts in shared memory are those that Nsight Compute counts."""
        text = (self.pack / "wavefronts.mlir").read_text()
        yield Job("bank conflicts", "wavefronts",
                  wavefronts.command(self.profiler, self.programs / "PigeonTileTests"),
                  lambda run: judge_code(run) or wavefronts.compare(text, run.stdout))

    def timed_graphs(self):
        for name in self.graphs:
            yield Job("graphs", name,
                      self.run("rgcn", name, "--check", "--time", "--memory",
                               self.out(name, "first")), judge_check)

    def corner_cases(self):
        for name in self.corners:
            yield Job("corner cases", name,
                      self.run("rgcn", name, "--check", self.out(name, "first")), judge_check)

    def other_models(self):
        for model in MODELS[1:]:
            for name in ["umls", "fb15k237", *self.corners]:
                yield Job("other models", f"{model} {name}",
                          self.run(model, name, "--check", self.out(name, "first", model)),
                          judge_check)
        # Products and traversals that formation merges; nothing of the nodes' own is added,
        # so results of graphs without edges are zero.
        for model in MERGED:
            for name in ("umls", "fb15k237"):
                yield Job("other models", f"{model} {name}", self.run(model, name, "--check"),
                          judge_check)

    def lowerings(self):
        graphs = ["umls", "fb15k237", "hub", "unsorted_types"]
        for model in MODELS:
            for name in graphs:
                for fusion, lowering in FUSIONS.items():
                    yield Job("fusions off", f"{fusion} {model} {name}",
                              self.run(model, name, "--check", f"--lowering={lowering}"),
                              judge_check)
        for schedule, lowering in SCHEDULES.items():
            for name in ("fb15k237", "hub", "unsorted_types"):
                yield Job("schedules", f"{schedule} {name}",
                          self.run("rgcn", name, "--check", f"--lowering={lowering}"),
                          judge_check)

    def tuning(self):
        """Schedules are timed and kept; what runs with the fastest is right."""
        for name in ("umls", "fb15k237"):
            yield Job("tuning", name,
                      self.run("rgcn", name, "--check", "--tune=6", "--repeats=10",
                               f"--tuning-file={self.work / f'tuning.{name}.json'}"),
                      judge_check, limit=300)

    def identity(self):
        """A second run gives the same bits. After the jobs that write the first."""
        cases = [("rgcn", name) for name in [*self.graphs, *self.corners]]
        cases += [(model, name) for model in MODELS[1:] for name in ("umls", "fb15k237", "hub")]
        for model, name in cases:
            yield Job("same bits", f"{model} {name}",
                      self.run(model, name, self.out(name, "second", model)),
                      judge_arrays(self.result(name, "first", model),
                                   self.result(name, "second", model), 0))

    def low_precision(self):
        """Products with packed weights, without a graph: all codes, and shapes, timed."""
        yield Job("low precision", "every code in every place",
                  [sys.executable, self.pack / "lowp_check.py",
                   f"--run={self.programs / 'pigeon-run'}", f"--device={self.device}",
                   "--formats", "f16", "--shapes", "--every-code"], judge_code)
        # Results in f32, within the bound of f32 sums, beside NumPy.
        yield Job("low precision", "f32 results, zero points",
                  [sys.executable, self.pack / "lowp_check.py", "--zeros", "--unit=2.4e-7",
                   f"--run={self.programs / 'pigeon-run'}", f"--device={self.device}",
                   "--formats", *(element for element, _ in lowp.FORMATS.values()),
                   "--shapes", "1x64x128/128", "16x192x256/128", "33x100x384/64",
                   "5x40x96/32", "9x200x144/16", "16x512x2048/128"], judge_code)
        for case in lowp.cases():
            yield Job("low precision", lowp.title(case),
                      [*self.product(case), "--check", "--time"], judge_check)

    def product(self, case):
        model = self.work / ("lowp." + lowp.title(case).replace(" ", ".") + ".mlir")
        model.write_text(lowp.model_text(case))
        return [self.programs / "pigeon-run", model, f"--device={self.device}", "--json"]

    def covering_cases(self):
        # The largest graphs first: the others run beside them.
        large = [name for name in reversed(self.graphs) if name in COVERED_GRAPHS]
        return covering.cover(covering.factors([*large, *self.corners]))

    def covering_array(self):
        """Every two of graph, width, element type and lowering option meet."""
        for case in self.covering_cases():
            def judge(run, title=covering.title(case)):
                self.digests[title] = digests_of(run)
                return judge_check(run)
            yield Job("covering", covering.title(case), self.covered(case, "--check"), judge,
                      limit=240)

    def covering_again(self):
        """The same bits, on grids of other sizes. After the jobs of the covering array."""
        for number, case in enumerate(self.covering_cases()):
            items = covering.ITEMS[number % len(covering.ITEMS)]
            def judge(run, title=covering.title(case)):
                if self.digests.get(title) is None:
                    return "there is no first run to compare with"
                if self.digests[title] != digests_of(run):
                    return f"digests {self.digests[title]} and {digests_of(run)}"
                return judge_code(run)
            yield Job("covering again", f"{covering.title(case)} items={items}",
                      self.covered(case, items=items), judge, limit=240)

    def small_cases(self):
        """Of the covering array the first case of each width and type, on a small graph."""
        first = {}
        for case in self.covering_cases():
            first.setdefault((case["width"], case["type"]), case)
        graphs = itertools.cycle(("umls", "hub", "skewed"))
        return [{**case, "graph": graph} for case, graph in zip(first.values(), graphs)]

    def covered(self, case, *options, items=1):
        name = case["model"]
        model = self.work / f"{name}.{case['width']}.{case['type'].split()[0]}.mlir"
        if not model.exists():
            model.write_text(covering.model_text(case, self.pack / "models"))
        command = self.run(name, case["graph"],
                           f"--lowering={covering.lowering(case, items)}", *options)
        command[1] = model
        return command

    def packages(self):
        """Packages, compiled and run by two programs in turn."""
        targets = ["sm_80"] + (["sm_90a"] if self.capability == "9.0" else [])
        for target in targets:
            for form in ["ptx"] + (["cubin"] if self.ptxas else []):
                yield self.package(target, form)

    def package(self, target, form):
        name = f"{form} {target}"
        package = self.work / f"{form}.{target}.pgn"
        found = self.work / f"package.{form}.{target}.npz"
        # A cubin of another architecture does not load; the PTX beside it does.
        build = [self.programs / "pigeon-compile", self.pack / "models/rgcn.mlir",
                 f"--graph={self.graph('umls')}", f"--target={target}", "--emit=package",
                 "-o", package]
        build += [f"--ptxas={self.ptxas}", "--report"] if form == "cubin" else []
        run = [self.programs / "pigeon-run", package, f"--graph={self.graph('umls')}",
               f"--device={self.device}", "--json", f"--out={found}"]
        return Job("packages", name, ["sh", "-c", '"$@" && exec ' + quoted(run), "sh", *build],
                   judge_arrays(self.result("umls", "first"), found, 1e-5))

    def planted_faults(self):
        for tool in SANITIZERS:
            yield self.sanitized(tool, f"planted {tool}",
                                 [sys.executable, self.pack / "planted_faults.py", tool],
                                 judge_planted(tool))
            yield self.sanitized(tool, "planted nothing",
                                 [sys.executable, self.pack / "planted_faults.py", "none"],
                                 judge_sanitizer(tool))

    def sanitizers(self):
        # The largest first: the others run beside it.
        cases = [("rgcn", name) for name in ["fb15k237", "umls", *self.corners]]
        cases += [(model, "umls") for model in (*MODELS[1:], *MERGED)]
        for model, name in cases:
            for tool in SANITIZERS:
                yield self.sanitized(tool, f"{model} {name}", self.run(model, name))
        for tool in ("memcheck", "racecheck"):
            for fusion, lowering in FUSIONS.items():
                for name in ("umls", "hub", "unsorted_types"):
                    yield self.sanitized(tool, f"{fusion} {name}",
                                         self.run("rgcn", name, f"--lowering={lowering}"))
            for schedule, lowering in SCHEDULES.items():
                yield self.sanitized(tool, f"{schedule} unsorted_types",
                                     self.run("rgcn", "unsorted_types",
                                              f"--lowering={lowering}"))
        # Each width in each element type, with whatever else its case has; and products of
        # packed weights. All under the two tools that find most, and one of the others.
        products = [case for case in lowp.cases()
                    if case[1:] in ((1, 64, 64), (33, 64, 64), (16, 1000, 4096))]
        commands = [(f"covering {covering.title(case)}", self.covered(case))
                    for case in self.small_cases()]
        commands += [(lowp.title(case), self.product(case)) for case in products]
        for (name, command), third in zip(commands, itertools.cycle(("synccheck", "initcheck"))):
            for tool in ("memcheck", "racecheck", third):
                yield self.sanitized(tool, name, command)
        # Also what --time does: launches of a captured CUDA graph.
        yield self.sanitized("memcheck", "rgcn umls timed",
                             self.run("rgcn", "umls", "--time", "--repeats=2"))
        yield self.sanitized("memcheck", "rgcn umls leaks", self.run("rgcn", "umls"),
                             more=["--leak-check=full"])

    def sanitized(self, tool, name, command, judge=None, more=()):
        return Job("sanitizer", f"{tool} {name}",
                   [self.sanitizer, f"--tool={tool}", "--error-exitcode=99",
                    "--print-limit=20", *more, *command],
                   judge or judge_sanitizer(tool), limit=200)


def quoted(command):
    return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in command)
