"""Runs the GPU tests of a folder that `gpu-tests pack` made; see gpu-tests."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

import corner_graphs
from jobs import Catalogue, Run, report_of

LOG_LIMIT = 20000  # Characters of one job's output.
GRACE = 30  # Seconds that a job may go on after the deadline.
SEARCH_PATH = ["/usr/local/cuda/bin", "/usr/local/cuda/compute-sanitizer",
               "/opt/cuda/bin", "/opt/cuda/extras/compute-sanitizer"]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="gpu-tests run")
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path, nargs="?",
                        default=pathlib.Path("gpu-tests.out"))
    parser.add_argument("--only", type=re.compile, default=re.compile(""))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--device", default="gpu", choices=["gpu", "emulated"])
    parser.add_argument("--deadline", type=float, default=440)
    return parser.parse_args()


def find_program(name):
    found = shutil.which(name, path=os.pathsep.join(
        [os.environ.get("PATH", ""), *SEARCH_PATH]))
    return found or ""


def describe_gpu():
    """Name, compute capability and driver of the first GPU; None without one."""
    smi = find_program("nvidia-smi")
    if not smi:
        return None
    answer = subprocess.run(
        [smi, "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader"],
        capture_output=True, text=True)
    lines = answer.stdout.splitlines()
    return [field.strip() for field in lines[0].split(",")] if lines else None


def unpack_programs(pack, work):
    if (pack / "programs").is_dir():
        return pack / "programs"
    with tarfile.open(pack / "programs.tar.xz") as archive:
        archive.extractall(work)
    return work / "programs"


def make_catalogue(options, work, gpu):
    pack = options.pack.resolve()
    programs = work if options.list else unpack_programs(pack, work)
    catalogue = Catalogue(pack, work, programs, options.device, gpu[1] if gpu else "",
                          find_program)
    corners = work / "corners"
    corners.mkdir()
    catalogue.corners = corner_graphs.write_corner_graphs(corners)
    for name in ("umls", "fb15k237"):
        corner_graphs.add_direction(pack / "graphs" / f"{name}.npz",
                                    corners / f"{name}.npz")
    return catalogue


def execute(job, limit):
    start = time.monotonic()
    try:
        process = subprocess.Popen(
            [str(word) for word in job.command], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            errors="replace", start_new_session=True)
    except OSError as error:
        return Run(127, "", f"error: {error}")
    try:
        run = Run(0, *process.communicate(timeout=limit))
        run.code = process.returncode
    except subprocess.TimeoutExpired:
        # With what it started: a sanitizer's program would hold the GPU.
        os.killpg(process.pid, signal.SIGKILL)
        run = Run(124, *process.communicate())
        run.stderr += f"\nerror: stopped after {limit:.0f} s"
    run.seconds = time.monotonic() - start
    return run


class Session:
    """Runs jobs, keeps what became of them, and writes the log as it goes."""

    def __init__(self, output, deadline):
        self.results, self.failures = [], []
        self.start, self.deadline = time.monotonic(), deadline
        self.log = open(output / "log.txt", "w")

    def elapsed(self):
        return time.monotonic() - self.start

    def run(self, jobs, workers):
        """Up to `workers` jobs at once; no job starts after the deadline."""
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            pending = {pool.submit(self.attempt, job): job for job in jobs}
            for done in concurrent.futures.as_completed(pending):
                self.record(pending[done], *done.result())

    def attempt(self, job):
        if self.elapsed() > self.deadline:
            return Run(125, "", ""), "not run: the time was over"
        run = execute(job, min(job.limit, self.deadline + GRACE - self.elapsed()))
        try:
            return run, job.judge(run)
        except Exception as error:  # A verdict that cannot be reached is no pass.
            return run, f"cannot be judged: {error!r}"

    def record(self, job, run, complaint):
        result = dict(group=job.group, name=job.name, passed=complaint is None,
                      complaint=complaint, seconds=round(run.seconds, 2))
        report = report_of(run)
        if report:
            result["report"] = report
        self.results.append(result)
        if complaint:
            self.failures.append(f"{job.title}: {complaint}")
        verdict = f"FAIL: {complaint}" if complaint else "ok"
        line = f"{self.elapsed():6.1f} s  {job.title}  ({run.seconds:.1f} s)  {verdict}"
        print(line, flush=True)
        command = " ".join(str(word) for word in job.command)
        self.log.write(f"\n=== {line}\n$ {command}\n")
        for text in (run.stdout, run.stderr):
            self.log.write(text[:LOG_LIMIT] + ("\n[cut]\n" if len(text) > LOG_LIMIT else ""))
        self.log.flush()


def group_table(session):
    groups = {}
    for result in session.results:
        row = groups.setdefault(result["group"], [0, 0, 0.0])
        row[0 if result["passed"] else 1] += 1
        row[2] += result["seconds"]
    lines = [f"{'group':<16}{'passed':>8}{'failed':>8}{'seconds':>10}"]
    lines += [f"{name:<16}{p:>8}{f:>8}{s:>10.1f}" for name, (p, f, s) in groups.items()]
    return lines


def timing_table(session):
    lines = []
    for result in session.results:
        report = result.get("report", {})
        if result["group"] != "graphs" or "timing" not in report:
            continue
        program, graph = report["timing"]["program"], report["graphs"][0]
        checks = [r["check"] for r in report["results"] if "check" in r]
        lines.append(f"{result['name']:<12}{graph['nodes']:>8}{graph['edges']:>9}"
                     f"{graph['relations']:>6}{program['milliseconds']:>10.4f}"
                     f"{program['bytes'] / 1e6:>10.2f}{program['bandwidth_share']:>9.1%}"
                     f"{max(c['worst_ratio'] for c in checks):>9.4f}"
                     f"{min(c['rows'] for c in checks):>8}")
    head = (f"{'graph':<12}{'nodes':>8}{'edges':>9}{'rel.':>6}{'ms':>10}{'MB':>10}"
            f"{'of peak':>9}{'err/tol':>9}{'rows':>8}")
    return [head] + lines if lines else []


def product_table(session):
    """Products with packed weights: what share of the bandwidth they have."""
    lines = []
    for result in session.results:
        report = result.get("report", {})
        if result["group"] != "low precision" or "timing" not in report:
            continue
        program = report["timing"]["program"]
        worst = max(r["check"]["worst_ratio"] for r in report["results"] if "check" in r)
        lines.append(f"{result['name']:<26}{program['milliseconds']:>10.4f}"
                     f"{program['bytes'] / 1e6:>10.2f}{program['bandwidth_share']:>9.1%}"
                     f"{worst:>9.4f}")
    head = f"{'weights':<26}{'ms':>10}{'MB':>10}{'of peak':>9}{'err/tol':>9}"
    return ["", head] + lines if lines else []


def summarize(session, title):
    failed = len(session.failures)
    lines = [""]
    if failed:
        lines += ["Failures:", *session.failures[:40], ""]
        lines += [f"(and {failed - 40} more in log.txt)"] if failed > 40 else []
    lines += [title, *timing_table(session), *product_table(session), "",
              *group_table(session),
              f"{len(session.results) - failed} passed, {failed} failed,"
              f" {session.elapsed():.0f} s"]
    return "\n".join(lines) + "\n"


def make_phases(catalogue, has_gpu):
    """Lists of jobs and how many of each list may run at once."""
    phases = []
    if has_gpu:
        phases.append(([*catalogue.unit_tests(), *catalogue.bank_conflicts()], 1))
    # One at a time: these are timed.
    phases.append(([*catalogue.timed_graphs(), *catalogue.low_precision(),
                    *catalogue.tuning()], 1))
    workers = max(2, min(8, (os.cpu_count() or 2) // 2))
    phases.append(([*catalogue.corner_cases(), *catalogue.other_models()], workers))
    if has_gpu:
        phases.append(([*catalogue.planted_faults(), *catalogue.sanitizers()], workers))
    phases.append(([*catalogue.identity(), *catalogue.packages()], workers))
    phases.append((list(catalogue.lowerings()), workers))
    phases.append((list(catalogue.covering_array()), workers))
    phases.append((list(catalogue.covering_again()), workers))
    return phases


def main():
    options = parse_arguments()
    gpu = describe_gpu() if options.device == "gpu" else None
    if options.device == "gpu" and not gpu and not options.list:
        sys.exit("gpu-tests: no NVIDIA GPU answers here (nvidia-smi is missing or lists "
                 "none); run this on a machine with a GPU and its driver")
    if not options.list:
        options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gpu-tests.") as folder:
        session = None if options.list else Session(options.output, options.deadline)
        catalogue = make_catalogue(options, pathlib.Path(folder), gpu)
        for jobs, workers in make_phases(catalogue, options.device == "gpu"):
            jobs = [job for job in jobs if options.only.search(job.title)]
            if options.list:
                print("\n".join(job.title for job in jobs))
            elif jobs:
                session.run(jobs, workers)
    if options.list:
        return 0
    title = "GPU: " + ", ".join(gpu) if gpu else "emulated device"
    summary = summarize(session, title)
    (options.output / "summary.txt").write_text(summary)
    (options.output / "results.json").write_text(
        json.dumps(dict(device=title, results=session.results), indent=1))
    print(summary, end="")
    return 1 if session.failures or not session.results else 0


if __name__ == "__main__":
    sys.exit(main())
