"""MNIST for the tests that only read it: unpacked once for all of them."""

import functools

import aeutils


@functools.cache
def load_mnist():
    """What `aeutils.load_mnist` returns, protected from being changed."""
    train, test = aeutils.load_mnist()
    for array in (*train, *test):
        array.flags.writeable = False
    return train, test
