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

# ---- What the check knows. ----

from aeutils.exercises.reading import NotYet, as_array, as_pair, call, require


def places(answer, x, size, rng):
    """Call the answer, look at all that it returns, and return row and column of each square."""
    try:
        parts = as_pair(call(answer, x, size, rng), "damaged images and targets")
    except NotYet as reason:
        raise NotYet(f"With size={size}: {reason}") from None
    damaged, target = (as_array(part, x.shape, "what cover returns") for part in parts)
    kinds = f"{damaged.dtype} and {target.dtype}"
    require(kinds == "float32 and float32", f"Received dtypes {kinds}, expected float32.")
    require((damaged != x).any(), "The first array has no hole. The damaged images come first.")
    require((target == x).all(), "The target is not the image as it was. It must stay whole.")
    hole = damaged[..., 0] == 0
    rest = "Some pixels changed, but not to 0: the square is black, and all else stays as it was."
    require((hole | (damaged == x)[..., 0]).all(), rest)
    rows, columns = hole.any(axis=2), hole.any(axis=1)
    heights, widths = (28 - a[:, ::-1].argmax(axis=1) - a.argmax(axis=1) for a in (rows, columns))
    area = hole.sum(axis=(1, 2))
    found = f"With size={size} the holes are {heights.min()} to {heights.max()} pixels high, "
    found += f"{widths.min()} to {widths.max()} wide and hold {area.min()} to {area.max()}. "
    full = (heights == size).all() and (widths == size).all() and (area == size**2).all()
    require(full, f"{found}Expected a full square in each image, wholly inside.")
    return np.stack([rows.argmax(axis=1), columns.argmax(axis=1)], axis=1)


def are_uniform(values, sides):
    """Whether the numbers from 0 to sides - 1 are equally frequent, up to 6 deviations."""
    counts, usual = np.bincount(values, minlength=sides), len(values) / sides
    return abs(counts - usual).max() < 6 * usual**0.5 + 4


def check_cover(rng, answer):
    size, large, seed = (int(rng.integers(*ends)) for ends in ((6, 9), (23, 26), (2**32,)))
    x = rng.uniform(0.2, 1, (6000, 28, 28, 1)).astype("float32")
    drawing, last = np.random.default_rng(seed), 28 - large
    first, second = (places(answer, x[:500], size, drawing) for _ in range(2))
    again = places(answer, x[:500], size, np.random.default_rng(seed))
    for extreme in (28, 1):  # one place, and all of them
        places(answer, x[:3], extreme, drawing)
    many, wide = places(answer, x, large, drawing), places(answer, x, size, drawing)
    for k, (name, some, drawn) in enumerate(zip(["row", "column"], first.T, many.T, strict=True)):
        one = f"All squares begin in the same {name}. Draw one for each image."
        require(np.ptp(some), one)
        ends = f"With size={large} the first {name} of a square goes from {drawn.min()} to "
        ends += f"{drawn.max()}, expected 0 to {last}."
        ends += " rng.integers leaves out its upper end." * bool(drawn.max() < last)
        require((drawn.min(), drawn.max()) == (0, last), ends)
        likely = f"Not every {name} is equally likely: draw whole numbers from 0 to 28 - size."
        require(are_uniform(drawn, last + 1) and are_uniform(wide[:, k], 29 - size), likely)
    (rows, columns), sides = many.T, last + 1
    hang = "Row and column are not separate: draw one and then the other, not one for both."
    require(are_uniform(rows * sides + columns, sides**2), hang)
    require((first == again).all(), "The same state of rng gave other places. Draw from rng alone.")
    own = "Two calls gave the same places. Draw from rng, not from a generator of your own."
    require((first != second).any(), own)
    anew = all(are_uniform(a[:-1] * sides + b[1:], sides**2) for a in many.T for b in many.T)
    require(anew, "The place in one image depends on that in the image before. Draw it anew.")


CHECK = {"cover": check_cover}
NOTICE = "Only the input is damaged. The target decides what the network learns."
