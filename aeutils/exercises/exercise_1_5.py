import ipywidgets


def walk_code(encoder, decoder, stops, t):
    codes = encoder(stops)
    first = min(int(t), len(stops) - 2)  # the last stop has no next one
    part = t - first
    return decoder((1 - part) * codes[first : first + 1] + part * codes[first + 1 : first + 2])


check("1.5", walk_code)
stops = to_vectors(test_images[[4, 6, 7, 0]])
ipywidgets.interact(
    lambda t: show_digits(walk_code(encoder, decoder, stops, t)),
    t=ipywidgets.FloatSlider(1.5, min=0, max=3, step=0.05),
)

# ---- What the check knows. ----

import functools

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_array, require


@functools.cache
def models():
    """An encoder whose units switch on and off between any two stops, and a decoder."""
    import keras  # only here: its import takes seconds

    rng = np.random.default_rng(1)
    encoder = keras.Sequential([keras.Input((784,)), keras.layers.Dense(20, "relu")])
    decoder = keras.Sequential([keras.Input((20,)), keras.layers.Dense(784, "sigmoid")])
    kernel = rng.normal(0, 4 / 28, (784, 20))
    encoder.set_weights([kernel, -kernel.sum(axis=0) / 2])  # stops are 0.5 on average
    decoder.set_weights([rng.normal(0, 0.9, (20, 784)), np.zeros(784)])
    return encoder, decoder


def draw(rng):
    k = int(rng.choice([2, 3, 5, 6]))
    places = [0, k - 1, int(rng.integers(k)), *rng.uniform(0.1, 0.9, 4) + rng.integers(k - 1, size=4)]
    t = places[rng.integers(7)]
    return *models(), rng.random((k, 784), dtype="float32"), t if isinstance(t, int) else float(t)


def read(received, encoder, decoder, stops, t):
    picture = as_array(received)
    require(picture.size, "Received no picture. Behind the last stop there is no other one.")
    return as_array(picture[0] if picture.shape == (1, 784) else picture, (784,), "one picture")


def say(given, received, expected):
    t, k = given[-1], len(given[-2])
    wanted = f"the reconstruction of stop {t}"
    if t % 1:
        wanted = f"the decoded mix of stops {int(t)} and {int(t) + 1}, with weight {t % 1:.3g} on "
        wanted += "the second"
    return f"With {k} stops, your picture at t={t:.3g} is not {wanted}."


def between(rows, t):
    first = min(int(t), len(rows) - 2)
    return ((1 + first - t) * rows[first] + (t - first) * rows[first + 1])[None]


def at(place):
    """The walk at another place, which depends on t and on the number of stops."""
    return lambda e, d, s, t: walk_code(e, d, s, place(t, len(s)))


def spherical(e, d, s, t):
    first = min(int(t), len(s) - 2)
    two = np.asarray(e(s[first : first + 2]))
    angle = np.arccos(two[0] @ two[1] / np.prod(np.linalg.norm(two, axis=1)))
    part = np.array([(1 + first - t) * angle, (t - first) * angle])
    return d((np.sin(part) / np.sin(angle) @ two)[None])


CHECK = {
    "walk_code": Function(
        draw=draw,
        read=read,
        say=say,
        cases=12,
        mistakes={
            "You mixed the images, and decoded the code of the mix. Encode the stops, then mix codes.":
                lambda e, d, s, t: d(e(between(s, t))),
            "You mixed the images. Encode the stops, mix their codes, then decode.":
                lambda e, d, s, t: between(s, t),
            "You mixed decoded pictures. Mix the codes, and decode the mix.":
                lambda e, d, s, t: between(d(e(s)), t),
            "Your walk goes backwards, from the last stop to the first.": at(lambda t, k: k - 1 - t),
            "Between two stops your walk goes backwards: the weights of the two are swapped.":
                at(lambda t, k: 2 * min(int(t), k - 2) + 1 - t),
            "Your walk stays at each stop. Between two stops it should mix their codes.": at(lambda t, k: int(t)),
            "Your walk leaves out the stops between the first and the last: it goes straight.":
                lambda e, d, s, t: walk_code(e, d, s[[0, -1]], t / (len(s) - 1)),
            "Your walk goes on straight behind the second stop. Which two stops does t lie between?":
                lambda e, d, s, t: walk_code(e, d, s[:2], t),
            "t counts stops: 0 is the first, 1 the second. You take the whole way as 1.":
                at(lambda t, k: min(t * (k - 1), k - 1)),
        },
        others=[
            *map(at, (lambda t, k: min(t, k - 1.2), lambda t, k: t + 0.05 * (t % 1 > 0),
                      lambda t, k: int(t) + (t % 1) ** 2, lambda t, k: t if t < k - 1 else 0,
                      lambda t, k: round(t, 1), lambda t, k: round(t), lambda t, k: 0,
                      lambda t, k: t % 1, lambda t, k: min(t + 0.01, k - 1) if t % 1 else t,
                      lambda t, k: int(t) + 0.5, lambda t, k: max(t - 1, 0),
                      lambda t, k: int(t) + (3 - 2 * (t % 1)) * (t % 1) ** 2)),
            spherical,
            lambda e, d, s, t: d(np.clip(between(e(s), t), 0, 1)),
            lambda e, d, s, t: np.round(walk_code(e, d, s, t), 2),
            lambda e, d, s, t: s[int(t)] if t % 1 == 0 else walk_code(e, d, s, t),
            lambda e, d, s, t: walk_code(e, d, s[np.argsort(s[:, 0])], t),
            lambda e, d, s, t: d(np.mean(e(s), axis=0)[None]),
            {"(1 - part) *": "0.5 *", "part * codes": "0.5 * codes"},
            {"min(int(t), len(stops) - 2)": "0"}, {"- 2)": "- 2) if t < 2 else 1"},
        ],
    )
}  # fmt: skip
NOTICE = "Try stops of the same class: then the pictures between them are usually digits too."
SAME = ["min(len(stops) - 2, int(t))"]
