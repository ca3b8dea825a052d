import ipywidgets


def count_contributions(n, kernel, stride):
    counts = np.zeros((n - 1) * stride + kernel, int)
    for i in range(n):
        counts[i * stride : i * stride + kernel] += 1
    return counts


def is_uniform(kernel, stride):
    # In the middle, a pixel is reached from every `stride`-th place of the kernel. There are
    # equally many of them for all pixels exactly when the stride divides the kernel.
    return kernel % stride == 0


check("3.4", count_contributions, is_uniform)
_ = ipywidgets.interact(count_contributions, n=(1, 12), kernel=(1, 8), stride=(1, 5))

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_array

RULE = "kernel % stride == 0"


def draw_sizes(rng):
    return tuple(map(int, rng.permutation(range(1, 12))[:3] * rng.choice([1, 1, 3])))


def draw_two(rng):
    """A kernel and a stride: small, a large multiple, or nearly one."""
    stride = int(rng.integers(1, rng.choice([4, 12])))
    near = stride * int(rng.integers(1, rng.choice([4, 20]))) + int(rng.integers(-1, 2))
    return max([near, near, int(rng.integers(1, 12))][rng.integers(3)], 1), stride


CHECK = {
    "count_contributions": Function(
        draw=draw_sizes,
        cases=14,
        mistakes={
            "Kernel and stride are swapped.": lambda n, k, s: count_contributions(n, s, k),
            "n and kernel are swapped: n values contribute.":
                lambda n, k, s: count_contributions(k, n, s),
            "No pixel of yours has more than one contribution. Use += 1, and mind that with a list "
            "of indices NumPy adds 1 only once.": {"+= 1": "= 1"},
            "Where two contributions overlap they add up, and gaps have none.":
                {"return counts": "return counts * 0 + 1"},
            "The row is too long: the last contribution begins at (n - 1) x stride.":
                {"(n - 1) * stride + kernel": "n * stride + kernel"},
            "The last contribution is missing.": {"in range(n)": "in range(n - 1)"},
        },
        others=[
            *({"return counts": f"return {value}"} for value in (
                "np.minimum(counts, 2)", "np.minimum(counts, 3)", "np.minimum(counts, 5)", "np.maximum(counts, 1)",
                "counts / counts.max()", "counts[:-1]", "np.append(counts, 0)", "counts + 0.3",
                "np.append(counts[:-1], 0)", "np.full_like(counts, max(kernel // stride, 1))",
                "np.full_like(counts, kernel // stride)", "counts[:n * stride]", "counts[::-1] * 1.01",
                "np.append(0, counts[1:])", "counts.sum()", "counts[None]", "counts > 0")),
            lambda n, k, s: count_contributions(n, k, 1), lambda n, k, s: count_contributions(6, 3, 2),
            lambda n, k, s: count_contributions(n, k, 2), lambda n, k, s: count_contributions(n, 3, s),
            {"i * stride + kernel] += 1": "i * stride + kernel - 1] += 1"},
            {"i * stride : i * stride + kernel]": "i : i + kernel]"},
            {"return counts": "return counts * (n > 1)"},
        ],
    ),
    "is_uniform": Function(
        draw=draw_two,
        cases=60,
        read=lambda received, *sizes: as_array(received, (), "True or False"),
        mistakes={
            "This is the remainder. Compare it with 0.": {RULE: "kernel % stride"},
            "It is True where it should be False.": {RULE: "kernel % stride != 0"},
            "Kernel and stride are swapped.": {RULE: "stride % kernel == 0"},
            "Look at kernel 4 and stride 2 as well.": {RULE: "kernel == stride"},
            "No gaps is not enough. Look at kernel 3 and stride 2.": {RULE: "kernel >= stride"},
            "This is right for stride 2 only.": {RULE: "kernel % 2 == 0"},
        },
        others=[
            {RULE: rule} for rule in (
                "kernel >= stride and kernel % 2 == 0", "kernel % stride == 0 and kernel > stride",
                "(kernel, stride) in ((4, 2), (6, 2), (6, 3))", "True", "False",
                *(f"kernel % stride == 0 and kernel < {k}" for k in (9, 20, 60, 100)),
                "kernel % stride == 0 and kernel <= 8 * stride", "(kernel - stride) % 2 == 0",
                "kernel % stride == 0 or kernel > 9 * stride", "kernel in (stride, 2 * stride)",
                "kernel % 2 == stride % 2", "kernel > stride", "kernel < stride", "kernel <= stride",
                "stride % kernel == 0 or kernel % stride == 0", "stride == 1", "kernel // stride",
                "kernel >= stride and kernel % 2 == stride % 2", "stride in (1, 2, kernel)",
                "len(set(count_contributions(60, kernel, stride))) == 1", "kernel // stride > 1",
                "kernel % stride == 0 and stride < 6", "kernel % stride == 0 and stride > 1",
                "kernel % stride == 0 or kernel % stride == 1", "kernel % stride < 2 and kernel > 1",
                "np.log2(kernel / stride) % 1 == 0", "kernel / stride == kernel // stride % 5",
                "kernel % stride == stride - 1", "(kernel + 1) % stride == 0",
                "stride == 1 or np.gcd(kernel, stride) > 1")
        ],
    ),
}  # fmt: skip
NOTICE = (
    "Equal counts need a stride that divides the kernel, as 2 divides 4. With kernel 3 and stride 2 "
    "the checkerboard is built in."
)
