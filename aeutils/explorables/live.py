"""The live figures: what each takes, and what of it the page needs.

Everywhere `x` is images from 0 to 1 in the model's shape, of which the first 200 or as many as fit
are sent, `labels` are theirs, from 0 to 9, and models are Keras models. Wrong arguments raise
`LiveFigureError` with one sentence.
"""

import numpy as np
from matplotlib.figure import Figure

from aeutils.arrays import as_array, as_chain, as_images, as_labels, expect
from aeutils.data import load_example
from aeutils.explorables.models import answer, carry
from aeutils.explorables.page import live_figure
from aeutils.figures import digit_figure, map_figure

COUNT, STILL = 200, 6  # digits in the page, and in the picture for where scripts do not run
NOISE = np.random.default_rng(0).normal(size=(28, 28)).round(2)  # the same for every digit
STEPS, REPLAYED = 50, 8  # from noise to a code; digits in the replay of a training


def digits_of(x, count=COUNT):
    """Return the first digits as the page will have them: uint8, and those as floats 0 to 1."""
    digits = np.uint8(np.round(255 * as_images(x, "images")[:count]))
    return digits, np.float32(digits / 255)


def _codes(encoder, images):
    """The codes (n, k) of images, of few enough numbers to be drawn."""
    codes = answer(encoder, images, "encoder", "codes")
    expect(codes.shape[1] <= 260, f"codes of {codes.shape[1]} numbers", "at most 260")
    return codes


@live_figure("digit", "Explore a digit")
def explore_digit(encoder, decoder, x):
    """Choose a digit and a noise level; see the input, its code and the reconstruction."""
    digits, images = digits_of(x)
    codes = _codes(encoder, images[:STILL])
    outputs = answer(decoder, codes, "decoder", "images")
    return dict(
        advice="Try: turn the noise up. Does the reconstruction keep the noise?",
        still=digit_figure({"input": images[:STILL], f"from {codes.shape[1]} numbers": outputs}),
        models={"encoder": carry(encoder, "encoder"), "decoder": carry(decoder, "decoder")},
        rows={"digits": digits},
        noise=NOISE.ravel().tolist(),
    )


@live_figure("code", "Explore the code")
def explore_code(encoder, decoder, x):
    """Change the numbers of a digit's code, as bars or with arrow keys; see them decoded."""
    _, images = digits_of(x)
    codes = _codes(encoder, images)
    outputs = answer(decoder, codes[:STILL], "decoder", "images")
    low = min(0.0, float(codes.min()))
    high = max(float(codes.max()), low + 1)
    step = min(10 ** np.floor(np.log10(high - low)) / 50, 0.5)
    return dict(
        advice="Try: choose a unit with a tall bar and pull it down to 0. Which stroke changes?",
        still=digit_figure({"digit": images[:STILL], "its code, decoded": outputs}),
        models={"decoder": carry(decoder, "decoder")},
        rows={"codes": codes},
        start={"unit": int(codes[0].argmax())},
        range=[float(np.floor(low / step) * step), float(np.ceil(high / step) * step)],
        step=float(step),
    )


@live_figure("map", "Explore the plane of codes")
def explore_code_map(encoder, decoder, x, labels):
    """Move through the plane of a code of two numbers; see every point of it decoded."""
    _, images = digits_of(x)
    labels, codes = as_labels(labels, len(x)), _codes(encoder, images)
    expect(codes.shape[1] == 2, f"codes of {codes.shape[1]} numbers", "codes of two")
    left, right, bottom, top = area = middle(codes)
    across, decoded = np.linspace(left, right, STILL), {}
    for y in np.linspace(top, bottom, 3):
        decoded[f"{y:.1f}"] = answer(decoder, [[x, y] for x in across], "decoder", "images")
    return dict(
        advice="Try: walk from one class to another. Is there a place where no digit is?",
        still=digit_figure(decoded, [f"{x:.1f}" for x in across]),
        models={"decoder": carry(decoder, "decoder")},
        rows={"codes": codes, "labels": labels[: len(codes)]},
        range=area,
    )


def middle(points):
    """Give the part of a plane, [left, right, bottom, top], without its farthest points (n, 2)."""
    low, high = np.percentile(points, [2, 98], axis=0)  # outliers would stretch the map
    margin = np.maximum(0.1 * (high - low), 0.1)
    return np.stack([low - margin, high + margin], axis=1).ravel().tolist()


@live_figure("interpolation", "Interpolate between digits")
def explore_interpolation(encoder, decoder, x):
    """Walk from one digit to another, through their codes and through their pixels."""
    digits, images = digits_of(x)
    codes = answer(encoder, images, "encoder", "codes")
    first, second = min(4, len(x) - 1), min(7, len(x) - 1)
    mix = np.linspace(0, 1, STILL)[:, None]
    mixed = [(1 - mix) * a[first] + mix * a[second] for a in (codes, images.reshape(-1, 784))]
    rows = {"codes mixed, decoded": answer(decoder, mixed[0], "decoder", "images")}
    return dict(
        advice="Try: stop halfway. Which of the two pictures in the middle looks more like one "
        "drawing?",
        still=digit_figure(rows | {"images mixed": mixed[1]}, [f"{part:.0%}" for (part,) in mix]),
        models={"decoder": carry(decoder, "decoder")},
        rows={"digits": digits, "codes": codes},
        start={"first digit": first, "second digit": second, "mix": 0.5},
    )


@live_figure("denoising", "Remove the noise")
def explore_denoising(denoiser, x):
    """Choose a digit and a noise level; see the noisy digit and what the denoiser makes of it."""
    digits, images = digits_of(x)
    clean, level = images[:STILL], 0.4
    noisy = np.clip(clean + level * NOISE, 0, 1)
    outputs = answer(denoiser, noisy, "denoiser", "images")
    return dict(
        advice="Try: turn the noise up until you cannot read the digit. Can you read the answer?",
        still=digit_figure({"noisy": noisy, "denoised": outputs, "clean": clean}),
        models={"denoiser": carry(denoiser, "denoiser")},
        rows={"digits": digits},
        start={"noise": level},
        noise=NOISE.ravel().tolist(),
    )


@live_figure("drawing", "Draw a digit")
def draw_digit(model, encoder=None):
    """Draw a digit with mouse, finger or arrow keys; see what the model makes of it.

    `model`: an autoencoder or a classifier. `encoder`: a Keras model whose first Conv2D layer's
    feature maps are to be shown as well, or None.
    """
    digits, images = digits_of(load_example())  # something to see before the first stroke
    output = answer(model, images, "model", "classes or images")
    rows = {"an example": images} | ({"reconstruction": output} if output.size == 784 else {})
    models = {"model": carry(model, "model")}
    if encoder is not None:
        answer(encoder, images, "encoder", "codes")
        models["encoder"] = carry(encoder, "encoder", until="Conv2D")
    return dict(
        advice="Try: replace the example with your own digit, then with something that is no "
        "digit. On the keyboard, arrows draw, Shift and arrows move the pen, Delete clears, Tab "
        "leaves the square.",
        still=digit_figure(rows, [f"taken for: {output.argmax()}"] if output.size == 10 else None),
        models=models,
        rows={"digits": digits},
    )


def diffuse(denoiser, noise):
    """Remove noise (n, k) in 50 steps. Returns all codes (51, n, k), the noise first."""
    codes = [np.float32(noise)]
    for step in range(STEPS):
        now, after = (np.pi / 2 * (1 - s / STEPS) for s in (step, step + 1))
        level = np.full((len(noise), 1), 1 - step / STEPS)
        guess = answer(denoiser, np.hstack([codes[-1], level]), "denoiser", "codes")
        rest = (codes[-1] - np.cos(now) * guess) / np.sin(now)  # what is not the guess is noise
        codes.append(np.cos(after) * guess + np.sin(after) * rest)
    return np.stack(codes)


@live_figure("diffusion", "From noise to a digit")
def explore_diffusion(denoiser, decoder, mean, spread):
    """Turn noise into the code of a digit, in 50 steps; see every step decoded.

    `denoiser`: a Keras model from k + 1 numbers, a standardized code mixed with noise and the
    noise level from 0 to 1, to k numbers, the clean standardized code. `decoder`: a Keras model
    from codes to images. `mean`, `spread`: k numbers each, which standardize a code.
    """
    mean, spread = as_array(mean, "mean").ravel(), as_array(spread, "spread").ravel()
    fits = mean.size and mean.shape == spread.shape and (spread > 0).all()
    received = f"a mean of {mean.size} numbers and a spread of {spread.size}"
    expect(fits, received, "as many of both, and a spread above 0")
    noise = np.random.default_rng(0).normal(size=(8, mean.size)).astype("float16")
    size = answer(denoiser, np.zeros((1, mean.size + 1)), "denoiser", "codes").size
    expect(size == mean.size, f"denoiser that answers {size} numbers", f"{mean.size}, a code")
    codes, steps = diffuse(denoiser, noise[:4]) * spread + mean, [0, 20, 30, 40, 45, STEPS]
    decoded = [answer(decoder, codes[steps, i], "decoder", "images") for i in range(4)]
    rows = {f"noise {i}": images for i, images in enumerate(decoded, 1)}
    return dict(
        advice="Try: press New noise, then move the slider back to 0 and slowly forward. From "
        "which step on can you tell the digit?",
        still=digit_figure(rows, [f"step {step}" for step in steps]),
        models={"denoiser": carry(denoiser, "denoiser"), "decoder": carry(decoder, "decoder")},
        rows={"starts": np.float32(noise)},
        start={"step": STEPS},
        mean=mean.tolist(),
        spread=spread.tolist(),
        steps=STEPS,
    )


@live_figure("confusions", "Explore the confusions")
def explore_confusions(classifier, x, labels):
    """Choose a true and a predicted class; see the digits in that cell of the confusion matrix.

    The matrix counts all of `x`; up to 24 digits of each cell are sent.
    """
    digits, images = digits_of(x, len(x))
    labels = as_labels(labels, len(x))
    predicted = answer(classifier, images, "classifier", "classes").argmax(axis=1)
    cells = [np.flatnonzero(10 * labels + predicted == i) for i in range(100)]
    counts = np.reshape([len(cell) for cell in cells], (10, 10))
    errors = counts * (1 - np.eye(10, dtype=int)) if (labels != predicted).any() else counts
    true, said = divmod(int(errors.argmax()), 10)  # the commonest
    most = next(k for k in (24, 12, 6) if sum(min(k, len(c)) for c in cells) <= 3 * COUNT or k == 6)
    chosen = np.concatenate([cell[:most] for cell in cells])
    return dict(
        advice="Try: swap the two classes. Are there as many confusions the other way round?",
        still=confusion_figure(counts, true, said),
        models={},
        rows={"digits": digits[chosen], "labels": labels[chosen], "predicted": predicted[chosen]},
        few=len(chosen),
        start={"true class": true, "predicted class": said},
        counts=counts.tolist(),
    )


def confusion_figure(counts, true, said):
    """Return a figure of counts (10, 10), a row for each true class, and one count in words."""
    figure, ticks = Figure(figsize=(5.5, 5.2), layout="constrained"), range(10)
    axis = figure.add_subplot(xlabel="predicted", ylabel="true", xticks=ticks, yticks=ticks)
    shades = counts * (1 - np.eye(10))  # right answers would outshine the rest
    axis.imshow(shades, cmap="Greys")
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shades[row, column] > shades.max() / 2 else "black"
        axis.text(column, row, count, ha="center", va="center", color=color, fontsize=9)
    alt = f"The confusion matrix; {counts[true, said]} digits {true} are predicted as {said}."
    return figure, alt


def strongest_patches(encoder, images):
    """Find for every filter of an encoder the patch of the images (n, 28, 28) it answers to most.

    Returns for each Conv2D layer, as long as the layers hold maps, the filters' largest values
    (k,) and their patches (k, side, side), black beyond the edge. Raises `ValueError` where there
    is none.
    """
    views, values = [], images.reshape(len(images), *encoder.input_shape[1:])
    # What a unit sees in the image: its corner, how far the next unit's lies away, and its size.
    corner, step, size = np.zeros(2, int), np.ones(2, int), np.ones(2, int)
    framed = np.pad(images, ((0, 0), (99, 99), (99, 99)))
    for layer in as_chain(encoder, "encoder"):
        kind, sides = type(layer).__name__, np.array(values.shape[1:3])
        if kind in ("Flatten", "Dense", "Conv2DTranspose", "UpSampling2D"):
            break
        values = np.asarray(layer(values))
        if hasattr(layer, "strides"):
            window = np.array(layer.kernel_size if kind == "Conv2D" else layer.pool_size)
            beyond = (np.array(values.shape[1:3]) - 1) * layer.strides + window - sides
            corner -= step * (np.maximum(beyond, 0) // 2)
            size += step * (window - 1)
            step *= layer.strides
        if kind == "Conv2D":
            flat = values.reshape(-1, values.shape[3])
            image, *place = np.unravel_index(flat.argmax(axis=0), values.shape[:3])
            tops, lefts = 99 + corner[:, None] + step[:, None] * place
            patches = [framed[i, top : top + size[0], left : left + size[1]]
                       for i, top, left in zip(image, tops, lefts, strict=True)]  # fmt: skip
            views.append((flat.max(axis=0), np.stack(patches)))
    expect(views, "an encoder without layers of Conv2D", "at least one")
    return views


@live_figure("filters", "Explore the filters")
def explore_filters(encoder, x):
    """Choose a digit, a layer and a filter; see feature map, kernel and the strongest patch.

    `encoder`: some of its layers are Conv2D; those from Flatten or Dense on do not count.
    """
    digits, images = digits_of(x)
    answer(encoder, images[:1], "encoder", "codes")
    model, found, views = carry(encoder, "encoder"), strongest_patches(encoder, images), []
    places = [i for i, layer in enumerate(model["layers"]) if layer["kind"] == "Conv2D"]
    for index, (top, patches) in zip(places, found, strict=False):
        rows, side = np.uint8(np.round(255 * patches)).reshape(len(top), -1), patches.shape[2]
        views.append({"index": index, "side": side, "top": top.tolist(), "patches": rows.tolist()})
    model["layers"] = model["layers"][: index + 1]
    top, patches = found[0]
    seen = f"The patch that excites each of the {len(top)} filters of the first layer most."
    return dict(
        advice="Try: find a filter that sees only one side of each stroke. Does its kernel tell "
        "which?",
        still=map_figure(patches, captions=range(len(top)), diverging=False, alt=seen),
        models={"encoder": model},
        rows={"digits": digits},
        start={"layer": 1, "filter": int(top.argmax())},
        views=views,
    )


def in_plane(codes):
    """Put codes (snapshots, n, k) into the plane, as `replay` says: (snapshots, n, 2)."""
    if codes.shape[2] > 2:
        codes = codes - codes[-1].mean(axis=0)
        codes = codes @ np.linalg.svd(codes[-1], full_matrices=False)[2][:2].T
    return np.pad(codes, ((0, 0), (0, 0), (0, 2 - codes.shape[2])))


@live_figure("replay", "Replay the training")
def replay(snapshots):
    """Scrub through a training; see reconstructions, the codes in the plane and the error fall.

    `snapshots`: a `Snapshots` that has been among the callbacks of a training. Codes of more than
    two numbers are shown along the two main axes of the last ones, those of one along the first.
    """
    wanted = "Snapshots that have seen a training: fit(..., callbacks=[snapshots]) comes first"
    expect(len(getattr(snapshots, "steps", ())) > 1, type(snapshots).__name__, wanted)
    points, digits = in_plane(np.stack(snapshots.codes)), snapshots.digits[:REPLAYED]
    first, *_, last = snapshots.outputs
    sent = np.concatenate([digits, *snapshots.outputs])
    return dict(
        advice="Try: go to the first snapshots. What does the network learn before single digits?",
        still=digit_figure({"digits": digits, "before training": first, "at the end": last}),
        models={},
        rows={"digits": sent, "points": points.reshape(len(points), -1)},
        few=len(sent),
        start={"snapshot": len(snapshots.steps) - 1},
        range=middle(points[-1]),
        steps=snapshots.steps,
        errors=snapshots.errors,
        labels=None if snapshots.labels is None else snapshots.labels.tolist(),
    )
