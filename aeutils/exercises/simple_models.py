"""Notebook 1, the two exercises on a model that is handed in: a walk and a detector."""

import numpy as np

from aeutils.exercises.kit import as_array, call, compare, describe, require


def _layer(rng, n_in, n_out, activation, gain, bias=0.0):
    """A model of one dense layer with random weights."""
    import keras  # only here: its import takes seconds

    model = keras.Sequential([keras.Input((n_in,)), keras.layers.Dense(n_out, activation)])
    kernel = rng.normal(0, gain / n_in**0.5, (n_in, n_out))
    model.set_weights([kernel, np.broadcast_to(bias, n_out)])
    return model


def _between(stops, t):
    """The mix of the two rows of an array between which t lies."""
    k = min(int(t), len(stops) - 2)
    return (1 + k - t) * stops[k] + (t - k) * stops[k + 1]


def _walk(encoder, decoder, stops, t, place=lambda t, k: t):
    """The picture at t; `place` puts the walk elsewhere, out of t and the number of stops."""
    code = _between(np.asarray(encoder(stops)), place(t, len(stops)))
    return decoder(code[None])[0]


WALKS = {
    "You mixed the images, and decoded the code of the mix. Encode the stops, then mix codes.":
        lambda e, d, s, t: d(e(_between(s, t)[None]))[0],
    "You mixed the images. Encode the stops, mix their codes, then decode.":
        lambda e, d, s, t: _between(s, t),
    "You mixed decoded pictures. Mix the codes, and decode the mix.":
        lambda e, d, s, t: _between(np.asarray(d(e(s))), t),
    "Your walk goes backwards, from the last stop to the first.": {"place": lambda t, k: k - 1 - t},
    "Between two stops your walk goes backwards: the weights of the two are swapped.":
        {"place": lambda t, k: 2 * min(int(t), k - 2) + 1 - t},
    "Your walk stays at each stop. Between them it mixes codes.": {"place": lambda t, k: int(t)},
    "Your walk leaves out the stops between the first and the last: it goes straight.":
        lambda e, d, s, t: _walk(e, d, s[[0, -1]], t / (len(s) - 1)),
    "Your walk goes on straight behind the second stop. Which two stops does t lie between?":
        lambda e, d, s, t: _walk(e, d, s[:2], t),
    "t counts stops: 0 is the first, 1 the second. You take the whole way as 1.":
        {"place": lambda t, k: min(t * (k - 1), k - 1)},
}  # fmt: skip


def _ways(rng):
    """Yield encoder, decoder, stops and t. From stop to stop, units switch on and off."""
    several = rng.random((rng.integers(5, 8), 784), dtype="float32")  # a reader tries four
    encoder, decoder = _layer(rng, 784, 20, "relu", 4), _layer(rng, 20, 784, "sigmoid", 4)
    kernel = encoder.get_weights()[0]
    encoder.set_weights([kernel, -(several @ kernel).mean(axis=0)])
    for stops in (rng.permutation(several)[:2], several):
        k = len(stops)
        for t in (0, k - 1, k - 2, *(rng.uniform(0.15, 0.4) + np.arange(k - 1)).tolist()):
            yield encoder, decoder, stops, t
        yield encoder, decoder, stops, float(rng.uniform(0.6, 0.85))


def _picture(value):
    """One picture, or a batch of one."""
    picture = as_array(value)
    require(picture.size, "Received no picture. Behind the last stop there is no other one.")
    return as_array(picture[0] if picture.shape == (1, 784) else picture, (784,), "one picture")


def _explain_walk(arguments, received, expected):
    t, k = arguments[-1], len(arguments[-2])
    wanted = f"the reconstruction of stop {t}"
    if t % 1:
        wanted = f"the decoded mix of stops {int(t)} and {int(t) + 1}, with weight {t % 1:.3g} on "
        wanted += "the second"
    return f"With {k} stops, your picture at t={t:.3g} is not {wanted}."


def walk_code(rng, answer):
    """1.5: the picture at a place of a walk through several digits."""
    compare(answer, _walk, _ways(rng), WALKS, explain=_explain_walk, read=_picture)
    return "Try stops of the same class: then the pictures between them are usually digits too."


def _mse(x, back):
    return np.mean((x - back) ** 2, axis=1)


def _strange(
    toy, known, fresh, share, error=_mse, middle=np.median, anew=False, single=False, crossed=False
):
    """Which fresh images are strange; the options make one part of the rule wrong."""
    errors, found = (error(x, np.asarray(toy(x))) for x in (known, fresh))
    ink, light = known.mean(axis=1), fresh.mean(axis=1)
    halves = (ink <= middle(ink)) | single, (ink > middle(ink)) | single
    thin, thick = (np.quantile(errors[half], 1 - share) for half in halves)
    return found > np.where((light > middle(light if anew else ink)) ^ crossed, thick, thin)


DETECTORS = {
    "Strange and ordinary are swapped: strange is what has a large error.":
        lambda *a: ~_strange(*a),
    "You have one threshold for all. The thin and the bold half need one each.": {"single": True},
    "The thresholds come from the images under test. Take them from the known ones.":
        lambda toy, known, fresh, share: _strange(toy, fresh, fresh, share),
    "The median ink comes from the images under test. Take it from the known ones.": {"anew": True},
    "You divide the images by the mean of their ink, expected the median.": {"middle": np.mean},
    "You use the quantile `share` of the errors, expected 1 - share.":
        lambda toy, known, fresh, share: _strange(toy, known, fresh, 1 - share),
    "Your thresholds lie among the lowest errors. np.percentile counts in per cent.":
        lambda toy, known, fresh, share: _strange(toy, known, fresh, 1 - (1 - share) / 100),
    "Your detector looks at the ink alone, not at the autoencoder's error.":
        {"error": lambda x, back: x.mean(axis=1)},
    "The error is the MSE: the mean of the squared differences, not of the absolute ones.":
        {"error": lambda x, back: abs(x - back).mean(axis=1)},
    "The error is the MSE: the mean over all pixels, not the largest difference.":
        {"error": lambda x, back: abs(x - back).max(axis=1)},
    "Thin images get the threshold of bold ones, and the other way round.": {"crossed": True},
    "Your thresholds are those of half of `share`, or of a fixed one; each half of the images has "
    "its own share of false alarms.":
        lambda toy, known, fresh, share: _strange(toy, known, fresh, share / 2),
    "Your thresholds are those of a share of 5 %, whatever `share` is.":
        lambda toy, known, fresh, share: _strange(toy, known, fresh, 0.05),
}  # fmt: skip


def _alarms(rng, toy, share):
    """Return known images, and fresh ones of another kind, which tell other rules from the right.

    None is so near to the median or to a threshold that it would matter how a median or quantile
    between two known images is read.
    """
    least = rng.uniform(0.1, 0.2)

    def draw(n):
        # More thin than bold, and most pixels are 0: a mean of pixels is not their median.
        light, dense = least + 0.3 * rng.random((n, 1)) ** 2, rng.uniform(0.3, 0.6, (n, 1))
        tilt = 1 + rng.uniform(-0.3, 0.3, (n, 1)) * np.repeat([1, -1], 392)
        on = rng.random((n, 784)) < dense
        return np.clip(light / dense * tilt * on, 0, 1).astype("float32")

    half = int(rng.integers(45, 60))
    known, fresh = draw(2 * half), draw(2000)
    errors, found = (_mse(x, np.asarray(toy(x))) for x in (known, fresh))
    ink, light = known.mean(axis=1), fresh.mean(axis=1)
    (left, right), place = np.sort(ink)[half - 1 : half + 1], (1 - share) * (half - 1)
    ends = [int(place) - 1, int(np.ceil(place)) + 1]
    low, high = np.sort([errors[ink <= left], errors[ink >= right]])[:, ends].T
    clear = ((found[:, None] < low) | (found[:, None] > high)).all(axis=1)
    clear &= (light < left - 0.001) | (light > right + 0.001)
    fresh, found, light = fresh[clear], found[clear], light[clear]
    chosen = [range(8)]
    for part, limit, n in ((light < left, low[0], 4), (light > left, low[1], 16)):
        for side in (found < limit, found > limit):
            chosen.append((abs(found - limit) + ~(part & side)).argsort()[:8])
        between = part & (found > low.min()) & (found < low.max())
        chosen.append((abs(light - left) + ~between).argsort()[:n])
    return known, fresh[np.unique(np.concatenate(chosen))]


def make_detector(rng, answer):
    """1.6: an alarm with a threshold for each half of the images."""
    import keras

    bottleneck, output = _layer(rng, 784, 12, "relu", 1), _layer(rng, 12, 784, "sigmoid", 2, -0.8)
    toy = keras.Sequential([bottleneck, output])
    before = toy.get_weights()

    def verdicts(toy, known, fresh, share):
        detector = call(answer, toy, known, share)
        found = describe(detector)
        require(callable(detector), f"Received {found}, expected a function that takes images.")
        for images in (fresh[:2], fresh):  # it can be used more than once
            strange = as_array(call(detector, images), (len(images),), "what your detector returns")
        same = all(map(np.array_equal, before, toy.get_weights()))
        require(same, "You changed the weights of the autoencoder that was handed in.")
        ends = f"Your detector returned {strange.min():.3g} to {strange.max():.3g}"
        require(np.isin(strange, (0, 1)).all(), f"{ends}, expected True or False for each image.")
        return strange > 0

    def explain(arguments, received, expected):
        return (
            f"With share={arguments[-1]:.2f} your detector calls {received.sum()} of "
            f"{len(received)} images strange, and is wrong on {np.sum(received != expected)}. Use "
            "the error of each image, and the quantile 1 - share of the known errors of its half."
        )

    shares = (float(rng.uniform(low, low + 0.03)) for low in (0.115, rng.choice([0.32, 0.65])))
    cases = [(toy, *_alarms(rng, toy, share), share) for share in shares]
    compare(verdicts, _strange, cases, DETECTORS, explain=explain)
    return "The share of false alarms is what you choose; what is caught is what you then get."
