# The same tasks as in shared_global_lock.rs. Prints the six times in milliseconds, in one line.
import threading
import time


def compute():
    total = 0
    for number in range(500_000):
        total += number


def wait():
    time.sleep(0.001)


def nothing():
    pass


for task in compute, wait:
    for other in nothing, compute, wait:
        thread = threading.Thread(target=other)
        start = time.perf_counter()
        thread.start()
        task()
        milliseconds = 1000 * (time.perf_counter() - start)
        print(f"{milliseconds:>8.1f}ms", end="")
        thread.join()
