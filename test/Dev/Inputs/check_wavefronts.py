"""check_wavefronts.py FOLDER TEXT OUTPUT: what wavefronts.py of FOLDER says of a profiler's output."""
import pathlib
import sys

sys.path.insert(0, sys.argv[1])
import wavefronts

text, output = (pathlib.Path(name).read_text() for name in sys.argv[2:4])
print(wavefronts.compare(text, output) or "as predicted")
