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


def _walk(encoder, decoder, stops, t):
    codes = np.asarray(encoder(stops))
    return _decoded(decoder, _between(codes, t))


def _decoded(decoder, code):
    return np.asarray(decoder(code[None].astype("float32")))[0]


def _at(place):
    """A walk that is right, but at another place: `place(t, number of stops)`."""
    return lambda e, d, s, t: _walk(e, d, s, place(t, len(s)))


WALKS = {
    "You mixed the images, and decoded the code of the mix. Encode the stops, then mix codes.":
        lambda e, d, s, t: _decoded(d, np.asarray(e(_between(s, t)[None]))[0]),
    "You mixed the images. Encode the stops, mix their codes, then decode.":
        lambda e, d, s, t: _between(s, t),
    "You mixed decoded pictures. Mix the codes, and decode the mix.":
        lambda e, d, s, t: _between(np.asarray(d(e(s))), t),
    "Your walk goes backwards, from the last stop to the first.": _at(lambda t, k: k - 1 - t),
    "Between two stops your walk goes backwards: the weights of the two are swapped.":
        _at(lambda t, k: 2 * min(int(t), k - 2) + 1 - t),
    "Your walk jumps from stop to stop. Between them it mixes the codes.":
        _at(lambda t, k: round(t)),
    "Your walk stays at each stop. Between them it mixes the codes.": _at(lambda t, k: int(t)),
    "Your walk leaves out the stops between the first and the last: it goes straight.":
        lambda e, d, s, t: _walk(e, d, s[[0, -1]], t / (len(s) - 1)),
    "Your walk goes on straight behind the second stop. Which two stops does t lie between?":
        lambda e, d, s, t: _decoded(d, (1 - t) * np.asarray(e(s))[0] + t * np.asarray(e(s))[1]),
    "t counts stops: 0 is the first, 1 the second. You take the whole way as 1.":
        _at(lambda t, k: min(t * (k - 1), k - 1)),
}  # fmt: skip


def _ways(rng):
    """Yield encoder, decoder, stops and t. From stop to stop, units switch on and off."""
    for k in (2, int(rng.integers(4, 6))):
        stops = rng.random((k, 784), dtype="float32")
        encoder = _layer(rng, 784, 20, "relu", 2)
        kernel = encoder.get_weights()[0]
        encoder.set_weights([kernel, -(stops @ kernel).mean(axis=0)])
        decoder = _layer(rng, 20, 784, "sigmoid", 8)
        for t in (0, k - 1, k - 2, *(rng.uniform(0.15, 0.4) + np.arange(k - 1)).tolist()):
            yield encoder, decoder, stops, t
        yield encoder, decoder, stops, float(rng.uniform(0.6, 0.85))


def _picture(value):
    picture = as_array(value)
    require(
        picture.shape in {(784,), (1, 784)},
        f"Received shape {picture.shape}, expected one picture, (784,) or (1, 784).",
    )
    return picture.reshape(784)


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


def _measures(autoencoder, x):
    """Error and ink of each image."""
    return np.mean((x - np.asarray(autoencoder(x))) ** 2, axis=1), x.mean(axis=1)


def _strange(known, fresh, share, splits=2, above=1, mirror=1, error=0):
    """Which fresh images are strange, from their measures; the options make one part wrong.

    `known`, `fresh`: error and ink, (2, n). `above`: the quantile is 1 - share (1) or share (0).
    """
    middle = np.median(known[1])
    level = 1 - share if above else share
    bold, bold_fresh = known[1] > middle, (fresh[1] > middle)[::mirror]
    groups = [known[error][~bold], known[error][bold]] if splits == 2 else 2 * [known[error]]
    thin, thick = (np.quantile(group, level) for group in groups)
    return fresh[error] > np.where(bold_fresh, thick, thin)


def _wrong_detectors(toy):
    """The mistakes, each as a function of known images, fresh images and share."""

    def made(**options):
        return lambda known, fresh, share: _strange(
            _measures(toy, known), _measures(toy, fresh), options.get("fixed", share),
            **{k: v for k, v in options.items() if k != "fixed"},
        )  # fmt: skip

    def anew(known, fresh, share):
        return made()(fresh, fresh, share)

    def crossed(known, fresh, share):
        known, fresh = _measures(toy, known), _measures(toy, fresh)
        return _strange(known, (fresh[0], 2 * np.median(known[1]) - fresh[1]), share)

    return {
        "Strange and ordinary are swapped: strange is what has a large error.":
            lambda known, fresh, share: ~made()(known, fresh, share),
        "You have one threshold for all. The thin and the bold half need one each.": made(splits=1),
        "The threshold comes from the images under test. Take it from the known ones.": anew,
        "You use the quantile `share` of the errors, expected 1 - share.": made(above=0),
        "Your detector looks at the ink alone, not at the autoencoder's error.": made(error=1),
        "Your detector looks at the ink alone. It should look at the autoencoder's error.":
            made(error=1, splits=1),
        "Thin images get the threshold of bold ones, and the other way round.": crossed,
        "Your thresholds are those of a share of 5 %, whatever `share` is.": made(fixed=0.05),
        "Half of `share` is enough in neither half: each has its own share of false alarms.":
            lambda known, fresh, share: made()(known, fresh, share / 2),
    }  # fmt: skip


def _alarms(rng, toy, share):
    """Return known images and fresh ones whose errors lie near a threshold, on either side of it.

    A fresh image is at least one known image away from its threshold, so that it does not matter
    how a quantile between two known errors is read.
    """

    def draw(n):
        light, rough = rng.uniform(0.3, 0.7, (n, 1)), rng.uniform(0.02, 0.25, (n, 1))
        x = light + rough * rng.normal(size=(n, 784))
        return np.clip(x, 0, 1).astype("float32")

    known, many = draw(100), draw(600)
    (errors, ink), (found, light) = _measures(toy, known), _measures(toy, many)
    middle, chosen = np.median(ink), []
    for bold in (False, True):
        ranked, place = np.sort(errors[(ink > middle) == bold]), (1 - share) * 49
        low, high = ranked[int(place) - 1], ranked[int(np.ceil(place)) + 1]
        group = np.flatnonzero(((light > middle) == bold) & (abs(light - middle) > 0.01))
        group = group[found[group].argsort()]
        below, above = group[found[group] < low], group[found[group] > high]
        chosen += [
            *below[-4:],
            *above[:4],
            *rng.permutation(below)[:4],
            *rng.permutation(above)[:4],
        ]
    return known, many[rng.permutation(chosen)]


def make_detector(rng, answer):
    """1.6: an alarm with a threshold for each half of the images."""
    import keras

    bottleneck, output = _layer(rng, 784, 12, "relu", 1), _layer(rng, 12, 784, "sigmoid", 2, -0.8)
    toy = keras.Sequential([bottleneck, output])
    before = toy.get_weights()

    def verdicts(known, fresh, share):
        detector = call(answer, toy, known, share)
        require(
            callable(detector),
            f"Received {describe(detector)}, expected a function that takes images.",
        )
        strange = as_array(call(detector, fresh), (len(fresh),), "what your detector returns")
        same = all(map(np.array_equal, before, toy.get_weights()))
        require(same, "You changed the weights of the autoencoder that was handed in.")
        require(
            strange.dtype.kind == "b",
            f"Your detector returned numbers of dtype {strange.dtype}, expected True or False "
            "for each image.",
        )
        return strange

    def right(known, fresh, share):
        return _strange(_measures(toy, known), _measures(toy, fresh), share)

    def explain(arguments, received, expected):
        return (
            f"With share={arguments[2]:.2f} your detector calls {received.sum()} of {len(received)}"
            f" images strange, and is wrong on {np.sum(received != expected)}. Use the error of "
            "each image, and the quantile 1 - share of the known errors of its half."
        )

    shares = float(rng.uniform(0.08, 0.15)), float(rng.uniform(0.25, 0.45))
    cases = [(*_alarms(rng, toy, share), share) for share in shares]
    compare(verdicts, right, cases, _wrong_detectors(toy), explain=explain)
    return "The share of false alarms is what you choose; what is caught is what you then get."
