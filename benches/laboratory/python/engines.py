"""What IPython Parallel's controller and engines cost: a start, a task, a call, a scatter and gather.

Run: python3 benches/laboratory/python/engines.py 1000

Expected output: a line for each way, with its time, its speedup and the sum of the answer. All sums are
the same: 332833500 for 1,000 numbers. `map` takes a thousand tasks for that, `apply` a thousand calls.

Try: 1,000,000 numbers with `map` and `apply` removed. Which of the two ways to scatter gains, and what travels in it?
"""

import atexit
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import types


def square(x):
    return x * x


def loop(n):
    return [x * x for x in range(n)]


def other_ways(engines):
    """A controller and its engines are kept, except where they are started. `n` is the number of tasks."""
    kept = functools.partial(kept_client, engines)
    return {
        "start": lambda n: started(engines, n),
        "map": lambda n: kept().load_balanced_view().map_sync(square, range(n)),
        "apply": lambda n: [common(kept()[:].apply_sync(square, i)) for i in range(n)],
        "scatter-lists": lambda n: scattered(kept()[:], list(range(n)), "[x * x for x in numbers]"),
        "scatter-numpy": lambda n: scattered(kept()[:], np.arange(n, dtype=np.uint64), "numbers * numbers"),
    }


def scattered(view, numbers, squares):
    view.scatter("numbers", numbers, block=True)
    view.execute(f"squares = {squares}", block=True)
    return view.gather("squares", block=True)


def common(answers):
    """What all engines have answered."""
    if any(answer != answers[0] for answer in answers):
        raise ValueError("the answers of the engines differ")
    return answers[0]


def cluster(engines):
    """Without nannies, which watch engines, are in no group of ours, and would end some seconds later."""
    no_nannies = Config(EngineLauncher={"engine_args": ["--IPEngine.enable_nanny=False"]})
    new = ipp.Cluster(n=engines, log_level=40, config=no_nannies, shutdown_atexit=False)  # it logs errors only
    return new, new.start_and_connect_sync()


@functools.lru_cache
def kept_client(engines):
    kept, client = cluster(engines)
    atexit.register(kept.stop_cluster_sync)
    return client


def started(engines, n):
    """The cluster is ended after the clock has stopped. It has no state to warm up, so the run that warms up is left out."""
    if n > 1:
        fresh, _ = cluster(engines)
        measured.to_be_ended.append(types.SimpleNamespace(terminate=fresh.stop_cluster_sync))
    return loop(n)


def in_this_group(*arguments, start_new_session, **others):
    """All processes belong to the group of this one, so that they end together."""
    return subprocess.Popen(*arguments, **others)


def end(*_):
    """The group is being ended. What the cluster has written is removed."""
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    import measured
    import numpy as np

    try:
        import ipyparallel as ipp
    except ModuleNotFoundError:
        measured.refuse(
            f"this Python has no IPython Parallel: install it by `{sys.executable} -m pip install ipyparallel`"
        )
    from ipyparallel.cluster import launcher
    from traitlets.config import Config

    DIRECTORY = os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="engines-")
    atexit.register(shutil.rmtree, DIRECTORY, ignore_errors=True)  # after the cluster has ended by itself
    signal.signal(signal.SIGTERM, end)
    launcher.Popen = in_this_group
    measured.main(square, {"loop": loop}, np.uint64, other_ways=other_ways, package="ipyparallel")
