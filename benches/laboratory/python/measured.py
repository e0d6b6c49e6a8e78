"""What the Python programs here share: the ways to run a function over range(n), and their clock.

A program is used in two ways. By hand, `python3 squares.py 1000000` prints the time of each way.
With `--serve`, it answers questions on standard input, one line of JSON each. That is how
`cargo run --release --example versus_python` measures Python and Rust in turns.

Rules of the measurement, the same as for Rust:
- The clock stops when the answer is there as a list or an array. Checking the answer is not part of the time.
- What is done once, such as starting a pool that is kept, is not part of the time either.
- Each answer has a digest, by which the answers of all ways and of both languages are compared.

Every process here is made by `fork`. The programs ask for `fork` by name, because the default differs: macOS has
started new interpreters ("spawn") since Python 3.8, and Linux has asked a server to fork since 3.14. Both take longer
to start than `fork`, so `fork` shows Python at its best.
"""

import argparse
import functools
import hashlib
import importlib.util
import json
import multiprocessing
import os
import platform
import select
import signal
import sys
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from importlib.metadata import version


def say(**result):
    """Answers with one line: {"Ok": the answer} or {"Err": a sentence}."""
    print(json.dumps(result), flush=True)


def failure(sentence, again=False):
    """Why there is no answer; and whether another try may succeed, because a worker was killed."""
    return {"reason": sentence, "again": again}


def refuse(sentence):
    """Says why nothing can be measured, and ends with status 2."""
    if "--serve" in sys.argv:
        say(Err=failure(sentence))
    else:
        print(f"{os.path.basename(sys.argv[0])}: {sentence}", file=sys.stderr)
    sys.exit(2)


def end_together():
    """Continues in a child. The parent only watches, and ends the whole process group when it is time.

    It is time when standard input hangs up, because the process that asks has closed it or has died; and
    when the child has died. In both cases the workers of a pool would wait forever. The group is asked to
    end (SIGTERM), not killed: joblib has a process that then removes what joblib left in shared memory.
    Those that are stopped have to continue (SIGCONT) to be able to end. The parent ends as its child did.
    """

    def child_changed(*_):
        # It may have been stopped, or continue.
        if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            end_all()

    def end_all():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # this process outlives the others
        os.killpg(0, signal.SIGTERM)
        os.killpg(0, signal.SIGCONT)
        _, status = os.wait()
        if os.WIFSIGNALED(status):
            how = os.WTERMSIG(status)
            if how != signal.SIGKILL:
                signal.signal(how, signal.SIG_DFL)
            os.kill(os.getpid(), how)
        os._exit(os.WEXITSTATUS(status))

    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # when it is asked by hand
    signal.signal(signal.SIGCHLD, child_changed)
    asker = os.getppid()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        return
    os.close(sys.stdout.fileno())  # else its reader would not notice that the child has ended
    hang_up = select.poll()
    hang_up.register(sys.stdin, 0)  # a hang-up is always reported, questions are not; but not on macOS
    while not hang_up.poll(1000) and os.getppid() == asker:
        pass
    end_all()


if sys.version_info < (3, 9):
    refuse(f"Python 3.9 is needed, and this is {platform.python_version()}: install a newer one")
if not hasattr(os, "fork"):
    refuse("this program makes processes by `fork`, which this system does not have: use Linux or macOS")
if "--serve" in sys.argv:
    end_together()  # before it takes long
try:
    import numpy as np
except ModuleNotFoundError:
    refuse(f"this Python has no NumPy: install it by `{sys.executable} -m pip install numpy`")

FORK = multiprocessing.get_context("fork")


# The ways. Each computes item(i) for every i in range(n); a list in this order is the answer.


def pool(item, n, workers):
    """As the chapter does it: a pool is started and ended each time."""
    with FORK.Pool(workers) as processes:
        return processes.map(item, range(n))


def pool_kept(item, n, workers):
    """The same with a pool that is started once and kept."""
    return kept_pool(workers).map(item, range(n))


@functools.lru_cache
def kept_pool(workers):
    return FORK.Pool(workers)


def futures(item, n, workers):
    """The newer interface to processes. Its default is one item a message; here it gets Pool's chunks."""
    with ProcessPoolExecutor(workers, mp_context=FORK) as processes:
        return list(processes.map(item, range(n), chunksize=chunk_size(n, workers)))


def threads(fill, n, workers):
    """Threads share memory, so nothing is copied. But only one thread at a time may run Python code."""
    with ThreadPoolExecutor(workers) as executor:
        return joined(executor.map(fill, chunks(n, workers)))


def joblib_parallel(item, n, workers):
    """joblib's own pool of processes, which joblib keeps. One call computes a chunk, not an item."""
    import joblib  # only here: it takes as long to import as half of NumPy

    calls = (joblib.delayed(each)(item, chunk) for chunk in chunks(n, workers))
    return joined(joblib.Parallel(n_jobs=workers)(calls))


to_be_ended = []  # pools whose end is not part of the time


def end_pools():
    while to_be_ended:
        to_be_ended.pop().terminate()


def each(item, chunk):
    """Computes the items of a range."""
    return [item(i) for i in chunk]


def chunk_size(n, workers):
    """Four chunks a worker, as Pool.map chooses when it is not told."""
    return max(1, -(-n // (4 * workers)))


def chunks(n, workers):
    size = chunk_size(n, workers)
    return [range(first, min(first + size, n)) for first in range(0, n, size)]


def joined(lists):
    return [value for values in lists for value in values]


def main(item, serial, dtype, in_a_thread=None, other_ways=None, package="joblib"):
    """Times every way to run a function over range(n): by hand, or as the answers to questions.

    item         computes one item from its index
    serial       serial ways by their names, as functions of n; the last is the best one
    dtype        NumPy's type for an item, by which answers are compared
    in_a_thread  computes the items of a range, if `item` must not run in two threads at once
    other_ways   parallel ways in place of those above, as a function of the number of workers
    package      what they use, for its version
    """
    parser = argparse.ArgumentParser(description="Times each way to run this in Python.")
    parser.add_argument("n", type=int, nargs="?", default=100_000, help="items [100000]")
    parser.add_argument("--workers", type=int, default=cores(), help="[all cores]")
    parser.add_argument("--serve", action="store_true", help="answer questions, as JSON")
    options = parser.parse_args()
    workers = options.workers
    if options.n < 0 or workers < 1:
        parser.error("there must be 0 or more items, and 1 or more workers")

    in_a_thread = in_a_thread or functools.partial(each, item)
    best_serial = list(serial)[-1]
    ways = serial | {
        "pool": lambda n: pool(item, n, workers),
        "pool-kept": lambda n: pool_kept(item, n, workers),
        "futures": lambda n: futures(item, n, workers),
        "threads": lambda n: threads(in_a_thread, n, workers),
    }
    if importlib.util.find_spec("joblib"):
        ways["joblib"] = lambda n: joblib_parallel(item, n, workers)
    if other_ways:
        ways = serial | other_ways(workers)
    warm = set()

    def timed(way, n):
        """Runs one way once: the time in seconds, and the answer as an array."""
        if way not in warm:
            ways[way](1)  # this starts a pool that is kept
            end_pools()
            warm.add(way)
        start = time.perf_counter()
        answer = ways[way](n)
        seconds = time.perf_counter() - start
        end_pools()
        return seconds, np.ascontiguousarray(answer, dtype=dtype)

    if options.serve:
        serve(timed, best_serial, [way for way in ways if way != best_serial], package)
    else:
        # Ctrl-C ends this process and its workers at once, without a traceback from each.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            show(ways, timed, best_serial, options.n, workers)
        except BrokenPipeError:  # its reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(ways, timed, best_serial, n, workers):
    """Prints a line for each way."""
    plural = "" if workers == 1 else "s"
    print(f"n = {n:,}, {workers} worker{plural}; speedup is against {best_serial}")
    best, _ = timed(best_serial, n)
    for way in ways:
        seconds, answer = timed(way, n)
        total = answer.sum(dtype=np.uint64)
        print(f"{way:10} {seconds:12.6f} s {best / seconds:8.2f}x   sum {total}", flush=True)


def serve(timed, best_serial, others, package):
    """Says what there is, then answers questions. Each is a list of runs: [way, n]."""
    found = f"{package} {version(package)}" if importlib.util.find_spec(package) else f"no {package}"
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, {found}"
    say(Ok={"versions": versions, "best_serial": best_serial, "others": others})
    for line in sys.stdin:
        runs = []
        way = n = None
        try:
            for way, n in json.loads(line):
                seconds, answer = timed(way, n)
                runs.append((seconds, hashlib.sha256(answer).hexdigest()))
                del answer  # so that the next run finds the memory as this one did
            say(Ok=runs)
        except Exception as error:
            sentence = f"{way}, n = {n}: {type(error).__name__}: {error}"
            say(Err=failure(sentence, again=isinstance(error, BrokenExecutor)))


def cores():
    """The cores that this process may use; where the system does not say, all of them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
