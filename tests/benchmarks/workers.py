"""A block of paths as a Dask worker walks it, beside the same block in a process of its own.

Dask's nanny sets `MALLOC_TRIM_THRESHOLD_`, which makes glibc map every larger array anew and give it back at once: page faults
then cost as much as the walk. `python -m tests.benchmarks.workers` walks a block in a process as it is, in one with Dask's
setting, and in one whose thresholds are wide: the `distributed.nanny.pre-spawn-environ` that the README names. No cluster is
started, so that nothing but the allocator differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.turns import arguments

PLAIN = "a process as it is"
#: What is set in the environment of each process; the second is what Dask sets by itself.
SETTINGS = {
    PLAIN: {},
    "as Dask sets it": {"MALLOC_TRIM_THRESHOLD_": "65536"},
    "with wide thresholds": {"MALLOC_TRIM_THRESHOLD_": "1073741824", "MALLOC_MMAP_THRESHOLD_": "1073741824"},
}
_BLOCK = """
import resource, sys, time
import convnote as cn
note = cn.load("amazon-peacs-2010")
model = cn.Lognormal(as_of=note.issue_date, spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
run = lambda: cn.simulate(note, model, paths=int(sys.argv[1]), seed=1, keep="summary")
run()
times = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    run()
    times.append(time.process_time() - start)
print(min(times), resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints ratios; gives milliseconds of processor time a block by name. `--size` is the number of paths of the block."""
    options = arguments(__doc__, size=65_536, rounds=5, given=given)
    each: dict[str, float] = {}
    for name, setting in SETTINGS.items():
        bare = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
        command = [sys.executable, "-c", _BLOCK, str(options.size), str(options.rounds)]
        done = subprocess.run(command, env=bare | setting, capture_output=True, text=True, check=True)
        seconds, faults = done.stdout.split()
        each[name] = float(seconds) * 1e3
        print(f"{name:22} {each[name]:9.2f} ms  {each[name] / each[PLAIN]:6.2f} x {PLAIN}  {int(faults):9,} page faults")
    return each


if __name__ == "__main__":
    main()
