import ipywidgets


def cover(x, size, rng):
    damaged = x.copy()  # otherwise the target would get the hole too
    # integers() leaves out its upper end, so the last place, 28 - size, needs the + 1.
    places = rng.integers(28 - size + 1, size=(len(x), 2))
    for image, (top, left) in zip(damaged, places):
        image[top : top + size, left : left + size] = 0
    return damaged, x


check("3.5", cover)


def fill(size):
    damaged, whole = cover(digits[:8], size, np.random.default_rng(1))
    answers = {"denoiser": denoiser(damaged), "filler": filler(damaged)}
    show_digits({"damaged": damaged} | answers | {"target": whole})


# The denoiser leaves the hole as it is: black areas are normal for it. The filler knows one place.
_ = ipywidgets.interact(fill, size=(1, 28))
