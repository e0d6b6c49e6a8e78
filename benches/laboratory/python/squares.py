"""The squares of the first n integers.

Run: python3 benches/laboratory/python/squares.py 1000000

Expected output: a line for each way, with its time, its speedup and the sum of the answer. All sums
are the same: 333332833333500000 for 1,000,000 items.

Try: 10000000 items. Every square comes back from the pool through a pipe, which takes longer than
computing it. NumPy shows what serial code can do, so speedup is against NumPy.
"""

import measured  # first: if NumPy is missing, it says so in one sentence
import numpy as np


def square(x):
    return x * x


def loop(n):
    return [x * x for x in range(n)]


def vectorised(n):
    return np.arange(n, dtype=np.uint64) ** 2


if __name__ == "__main__":
    measured.main(square, {"loop": loop, "numpy": vectorised}, np.uint64)
