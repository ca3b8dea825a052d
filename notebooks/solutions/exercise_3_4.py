import ipywidgets


def count_contributions(n, kernel, stride):
    counts = np.zeros((n - 1) * stride + kernel, int)
    for i in range(n):
        counts[i * stride : i * stride + kernel] += 1
    return counts


def is_even(kernel, stride):
    # In the middle, a pixel is reached from every `stride`-th place of the kernel. There are
    # equally many of them for all pixels exactly when the stride divides the kernel.
    return kernel % stride == 0


check("3.4", count_contributions, is_even)
_ = ipywidgets.interact(count_contributions, n=(1, 12), kernel=(1, 8), stride=(1, 5))
