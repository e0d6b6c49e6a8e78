"""What one task costs Python's pools of processes, and what it costs to start them. A task squares one number.

Run: python3 benches/laboratory/python/tasks.py 1000

Expected output: a line for each way, with its time, its speedup and the sum of the answer. All sums are
the same: 332833500 for 1,000 tasks. No speedup is near 1: one number is too small a task for a process.

Try: 2 tasks. Which ways take as long as with 1000, and what do they do in that time?
"""

import functools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def square(x):
    return x * x


def loop(n):
    return [x * x for x in range(n)]


def other_ways(workers):
    """A pool is kept, except where it is started. `n` is the number of tasks."""
    kept = functools.partial(measured.kept_pool, workers)
    ways = {
        "start-fork": lambda n: started("fork", n, workers),
        "start-spawn": lambda n: started("spawn", n, workers),
        "start-end": lambda n: measured.pool(square, n, workers),
        "map-1": lambda n: kept().map(square, range(n), chunksize=1),
        "executor": lambda n: list(kept_executor(workers).map(square, range(n))),
        "map": lambda n: kept().map(square, range(n)),
        "apply": lambda n: [kept().apply(square, (i,)) for i in range(n)],
    }
    if measured.importlib.util.find_spec("joblib"):
        ways["joblib"] = lambda n: batches(n, workers)
    return ways


def started(method, n, workers):
    """The pool is ended after the clock has stopped."""
    pool = multiprocessing.get_context(method).Pool(workers)
    measured.to_be_ended.append(pool)
    return pool.map(square, range(n))


@functools.lru_cache
def kept_executor(workers):
    return ProcessPoolExecutor(workers, mp_context=measured.FORK)


def batches(n, workers):
    """joblib itself chooses how many calls travel together."""
    import joblib

    return joblib.Parallel(n_jobs=workers)(joblib.delayed(square)(i) for i in range(n))


if __name__ == "__main__":
    # Only here: a worker that is spawned imports this file, and needs none of it.
    import measured
    import numpy as np

    measured.main(square, {"loop": loop}, np.uint64, other_ways=other_ways)
