"""Notebook 3, the exercises on training: the pairs for it, and a small denoiser."""

import numpy as np

from aeutils.data import load_mnist, to_images
from aeutils.exercises import chance
from aeutils.exercises.kit import NotYet, as_array, call, coders, decode, pair, require


def _places(answer, x, size, rng):
    """Call a cover, look at all that it returns, and return the corners of its squares, (n, 2)."""
    parts = pair(call(answer, x, size, rng), "damaged images and targets")
    damaged, target = (as_array(part, x.shape, "what cover returns") for part in parts)
    kinds = f"{damaged.dtype} and {target.dtype}"
    require(kinds == "float32 and float32", f"Received dtypes {kinds}, expected float32.")
    require((damaged != x).any(), "The first array has no hole. The damaged images come first.")
    require((target == x).all(), "The target is not the image as it was. It must stay whole.")
    hole = damaged[..., 0] == 0
    rest = "Some pixels changed, but not to 0: the square is black, and all else stays as it was."
    require((hole | (damaged == x)[..., 0]).all(), rest)
    rows, columns = hole.any(axis=2), hole.any(axis=1)
    spans, area = np.stack([rows.sum(axis=1), columns.sum(axis=1)]), hole.sum(axis=(1, 2))
    found = f"With size={size} the holes span {spans.min()} to {spans.max()} pixels and hold "
    found += f"{area.min()} to {area.max()}, expected a full square, wholly inside."
    require((spans == size).all() and (area == size**2).all(), found)
    return np.stack([rows.argmax(axis=1), columns.argmax(axis=1)], axis=1)


def cover(rng, answer):
    """3.5: squares at places that are drawn evenly, separately and anew for each image."""
    size, large, seed = (int(rng.integers(*ends)) for ends in ((6, 11), (22, 26), (2**32,)))
    x = rng.uniform(0.2, 1, (6000, 28, 28, 1)).astype("float32")
    drawing, same = np.random.default_rng(seed), np.random.default_rng(seed)
    first, second = (_places(answer, x[:500], size, drawing) for _ in range(2))
    again, few = _places(answer, x[:500], size, same), _places(answer, x, large, drawing)
    for extreme in (28, 1):  # one place, and all of them
        _places(answer, x[:3], extreme, drawing)
    one = "The square is in the same row or column in all images. Draw both anew for each image."
    require(np.ptp(first, axis=0).all(), one)
    ends = f"With size={large} the squares begin at {few.min()} to {few.max()}, expected 0 to "
    ends += f"{28 - large}."
    if few.max() < 28 - large:
        ends += " rng.integers leaves out its upper end."
    require(not few.min() and few.max() == 28 - large, ends)
    sides, places, drawn = 29 - large, 29 - size, np.concatenate([first, second])
    likely = "Not all places are equally likely, drawn one by one."
    require(chance.is_even(few.ravel(), sides) and chance.is_even(first.ravel(), places), likely)
    hang = chance.is_copied(*drawn.T, places) or not chance.is_independent(*few.T, sides)
    require(not hang, "Row and column hang together. Draw them separately.")
    require(chance.is_even(few @ [sides, 1], sides**2), likely)
    require((first == again).all(), "The same state of rng gave other places. Draw from rng alone.")
    series = [(drawn @ [places, 1], places**2), *((a, places) for a in drawn.T)]
    own = "Two calls gave the same places. Draw from rng, not from a generator of your own."
    require((first != second).any(), own)
    hang = any(chance.is_repeated(*numbers) for numbers in series)
    hang |= not all(chance.is_independent(a[:-1], b[1:], sides) for a in few.T for b in few.T)
    require(not hang, "The places of different images hang together. Draw anew for each.")
    return "Only the input is damaged. The target decides what the network learns."


def _layers(model):
    for layer in getattr(model, "layers", []):
        yield from (layer, *_layers(layer))


def train_small_denoiser(rng, answer):
    """3.6: a small convolutional code, judged on noise that is drawn anew."""
    x = rng.permutation(to_images(load_mnist()[1][0][:1000]))
    noise = rng.random(x.shape)
    noisy = np.where(noise < 0.15, 0, np.where(noise > 0.85, 1, x)).astype("float32")
    models = encoder, decoder = coders(call(answer))
    code = as_array(call(encoder, noisy), what="the code")
    kind = f"The code has shape {code.shape}, expected"
    require(code.ndim == 4 and len(code) == len(x), f"{kind} feature maps (n, h, w, c).")
    require(code[0].size <= 98, f"{kind} at most 98 numbers an image: fewer filters, smaller maps.")
    layers = [layer for model in models for layer in _layers(model)]
    kinds = {kind.__name__ for layer in layers for kind in type(layer).mro()}
    dense = "There is a dense layer. Strides make maps smaller as well."
    require(not kinds & {"Dense", "EinsumDense"}, dense)
    cleaned = decode(rng, decoder, code, x.shape)
    copied = decode(rng, decoder, as_array(call(encoder, x)), x.shape)
    error, copy_error = (float(np.mean((images - x) ** 2)) for images in (cleaned, copied))
    measured = f"With salt and pepper the MSE is {error:.4f} on test digits"
    if error <= 0.021:
        return f"{measured}: better than the median filter. An eighth of the pixels is enough."
    copies = f"{measured}, yet {copy_error:.4f} on clean ones: it copies, and noise comes through. "
    require(copy_error > 0.4 * error, f"{copies}Is the input noisy and the target clean?")
    require(error < 0.06, f"{measured}, no better than the mean image. Was it trained?")
    limits = f"{measured}, and pixels go from {cleaned.min():.1f} to {cleaned.max():.1f}. "
    inside = cleaned.min() >= 0 and cleaned.max() <= 1
    require(inside, f"{limits}The cross-entropy needs a sigmoid at the end.")
    more = "more filters around the code, more steps, or a larger learning rate that falls."
    raise NotYet(f"{measured}, expected at most 0.021: {more}")
