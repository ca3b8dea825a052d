def sort_units(codes):
    fires = np.asarray(codes) > 0
    dead = np.flatnonzero(~np.any(fires, axis=0))
    always = np.flatnonzero(np.all(fires, axis=0))
    return dead, always


check("1.4", sort_units)
dead, always = sort_units(encoder(x_train))
print(f"{len(dead)} units are dead, {len(always)} always on, {32 - len(dead) - len(always)} switch")

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_indices, as_pair, require

DEAD, ALWAYS, FIRES = "~np.any(fires, axis=0)", "np.all(fires, axis=0)", "np.asarray(codes) > 0"


def draw(rng):
    """Codes with units that are dead or always on, or nearly so, or faint."""
    n, units = ((1, 6), (25, 8), (30, 9), (2400, 20))[rng.integers(4)]
    codes = rng.uniform(0.1, 1, (n, units)) * (rng.random((n, units)) < 0.7)
    kind, place = rng.integers(6, size=units), rng.choice([0, n - 1, rng.integers(n)])
    codes[:, kind == 1] *= 0
    codes[:, kind == 2] = 10 ** rng.uniform(-12, 0, (n, (kind == 2).sum()))
    codes[:, kind == 3] = 0
    codes[place, kind == 3] = rng.choice([1e-12, 1e-3, 1])  # once is enough
    codes[:, kind == 4] = rng.uniform(0.1, 1, (n, (kind == 4).sum()))
    codes[place, kind == 4] = 0
    codes[:, kind == 5] *= 1e-6
    return (codes.astype("float32"),)


def read(received, codes):
    """Two rows of True and False, one for each unit."""
    marks = np.zeros((2, codes.shape[1]), bool)
    for k, part in enumerate(as_pair(received, "dead units, units that are always on")):
        found = as_indices(part, f"part {k + 1}")
        row = f"Received shape {found.shape} as part {k + 1}, expected a row of indices. "
        row += "(np.where and np.nonzero return a tuple: take its first part, or np.flatnonzero.)"
        require(found.ndim == 1, row)
        inside = found[(found >= 0) & (found < codes.shape[1])].astype(int)
        ends = f"Part {k + 1} goes from {found.min(initial=0):g} to {found.max(initial=0):g}"
        ends += f", but units are numbered from 0 to {codes.shape[1] - 1}: the columns (axis=0)."
        require(len(inside) == len(found), ends)
        require(len(set(found.tolist())) == len(found), f"Part {k + 1} names a unit twice.")
        marks[k, inside] = True
    return marks


def say(given, received, expected):
    part, unit = np.argwhere(received != expected)[0].tolist()
    codes, holds = given[0], "holds" if received[part, unit] else "is without"
    return (
        f"For codes of shape {codes.shape} part {part + 1} {holds} unit {unit}, which fires on "
        f"{np.count_nonzero(codes[:, unit])} of {len(codes)} images."
    )


WRONG = {
    "nothing. A unit is a column (axis=0), and fires only above 0": "np.zeros(fires.shape[1])",
    "all units, since a relu is never below 0": "np.ones(fires.shape[1])",
    "units that fire at all": "np.any(fires, axis=0)",
    "units that are silent on some images": "~np.all(fires, axis=0)",
    "units that fire on an image or two, or faintly": "codes.mean(axis=0) < 1e-3",
    "units that fall silent on an image or two": "fires.mean(axis=0) > 0.9",
}
CHECK = {
    "sort_units": Function(
        draw=draw,
        read=read,
        say=say,
        mistakes={
            f"Part {k} holds {what}.": {right: wrong}
            for k, right in enumerate((DEAD, ALWAYS), 1)
            for what, wrong in WRONG.items()
        } | {
            "Part 1 holds units that are always on.": {DEAD: ALWAYS.replace("np.all", "1 * np.all")},
            "Part 2 holds dead units.": {ALWAYS: "~np.any(fires[:], axis=0)"},
            "The parts are swapped: the dead units come first.":
                {"return dead, always": "return always, dead"},
            "These are images, expected units: the columns, so look along axis=0.":
                {DEAD: "~np.any(fires, axis=1)", ALWAYS: "np.all(fires, axis=1)"},
        },
        others=[
            *({FIRES: f"np.asarray(codes){part} > 0"} for part in (
                "[:-1]", "[1:]", "[:1000]", "[:100]", "[::2]", "[-100:]")),
            *({"return dead, always": f"return {pair}"} for pair in (
                "dead[1:], always", "dead[:-1], always", "dead, always[1:]", "dead, always[:-1]",
                "dead, np.setdiff1d(range(fires.shape[1]), dead)", "dead, dead", "always, always",
                "dead[dead > 0], always", "dead, always[always > 0]")),
            *({DEAD: rule} for rule in (
                "codes.std(axis=0) == 0", "~fires[0]", "~fires[-1]", "codes.sum(axis=0) < 1e-6",
                "np.isclose(codes, 0).all(axis=0)", "fires.mean(axis=0) < 0.02",
                "fires.sum(axis=0) < 2", "codes.mean(axis=0).round(3) == 0",
                "fires.mean(axis=0).round(3) == 0", "fires.sum(axis=0) == fires.sum(axis=0).min()")),
            *({ALWAYS: rule} for rule in (
                "fires[0]", "fires[-1]", "codes.min(axis=0) > 1e-7", "codes.min(axis=0) > 1e-4",
                "np.prod(codes, axis=0) > 0", "np.median(codes, axis=0) > 0",
                "fires.mean(axis=0).round(2) == 1", "fires.sum(axis=0) >= len(fires) - 1",
                "codes.mean(axis=0) > 0.1", "~np.isclose(codes, 0).any(axis=0)",
                "fires.mean(axis=0).round(3) == 1", "fires.sum(axis=0) == fires.sum(axis=0).max()")),
            *(lambda codes, k=k: [p if len(p) or i != k else None
                                  for i, p in enumerate(sort_units(codes))] for k in (0, 1)),
        ],
    )
}  # fmt: skip
NOTICE = "A dead unit says nothing. One that is always on never uses its relu: it is linear."
