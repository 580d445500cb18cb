"""check_pipelines.py OWN HOST PLUGIN MODEL: every pipeline in the help of pigeon-opt
gives the same text in the host with the plugin."""
import re
import subprocess
import sys

own, host, plugin, model = sys.argv[1:]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


pipelines = run(own, "--help").split("Pass Pipelines:\n")[1]
for name in re.findall(r"^      --([\w-]+)", pipelines, re.M):
    pipeline = f"--pass-pipeline=builtin.module({name})"
    same = run(own, model, pipeline) == run(
        host, model, pipeline, f"--load-dialect-plugin={plugin}", f"--load-pass-plugin={plugin}")
    print(name + ":", "same" if same else "differs")
