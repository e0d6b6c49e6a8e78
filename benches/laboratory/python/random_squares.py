"""For item i, seed NumPy's generator with i, draw a digit, and square it.

Run: python3 benches/laboratory/python/random_squares.py 100000

Expected output: a line for each way, with its time, its speedup and the sum of the answer. All sums
are the same: 2852978 for 100,000 items.

Try: 1000 items, and then 1000000. At which size does the pool start to win?
"""

import measured  # first: if NumPy is missing, it says so in one sentence
import numpy as np


def random_square(i):
    np.random.seed(i)
    return np.random.randint(0, 10) ** 2


def loop(n):
    return [random_square(i) for i in range(n)]


def in_a_thread(chunk):
    """All threads share the generator behind `np.random`: between seeding and drawing in one thread, another
    thread may seed it, and then the answer is wrong. So each thread makes a generator of its own."""
    random = np.random.RandomState()
    squares = []
    for i in chunk:
        random.seed(i)
        squares.append(random.randint(0, 10) ** 2)
    return squares


if __name__ == "__main__":
    measured.main(random_square, {"loop": loop}, np.uint8, in_a_thread)
