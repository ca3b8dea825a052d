"""The live figure of a convolution's filters."""

import numpy as np

from aeutils.explorables.autoencoders import digits_of
from aeutils.explorables.models import answer, carry, chain
from aeutils.explorables.page import live_figure, show
from aeutils.figures import map_figure


def strongest_patches(encoder, images):
    """Find for every filter of an encoder the patch of the images (n, 28, 28) it answers to most.

    Returns for each Conv2D layer, as long as the layers hold maps, the filters' largest values
    (k,) and their patches (k, side, side), black beyond the edge. Raises `ValueError` where there
    is none.
    """
    before, views = [], []
    values = images.reshape(len(images), *encoder.input_shape[1:])
    for layer in chain(encoder, "encoder"):
        kind, sides = type(layer).__name__, values.shape[1:3]
        if kind in ("Flatten", "Dense", "Conv2DTranspose", "UpSampling2D"):
            break
        values = np.asarray(layer(values))
        if hasattr(layer, "strides"):
            before.append((layer, sides))
        if kind == "Conv2D":
            flat = values.reshape(-1, values.shape[3])
            places = zip(*np.unravel_index(flat.argmax(axis=0), values.shape[:3]), strict=True)
            patches = [_patch(images[i], before, place) for i, *place in places]
            views.append((flat.max(axis=0), np.stack(patches)))
    if not views:
        raise ValueError("Received an encoder without layers of Conv2D, expected at least one.")
    return views


def _patch(image, before, place):
    """Cut out what one unit behind some windows sees."""
    spans = []
    for axis, unit in enumerate(place):
        first = last = int(unit)
        for layer, sides in reversed(before):
            size = getattr(layer, "kernel_size", None) or layer.pool_size
            size, step, side = size[axis], layer.strides[axis], sides[axis]
            padding = max((-(-side // step) - 1) * step + size - side, 0)
            shift = padding // 2 if layer.padding == "same" else 0
            first, last = first * step - shift, last * step - shift + size - 1
        spans.append(np.arange(first, last + 1))
    inside = [np.clip(span, 0, 27) for span in spans]
    seen = np.outer(*(span == clipped for span, clipped in zip(spans, inside, strict=True)))
    return image[np.ix_(*inside)] * seen


@live_figure
def explore_filters(encoder, x):
    """Choose a digit, a layer and a filter; see feature map, kernel and the strongest patch.

    `encoder`: some of its layers are Conv2D; those from Flatten or Dense on do not count.
    """
    digits, images = digits_of(x)
    answer(encoder, images[:1], "encoder", "codes")
    views, model = strongest_patches(encoder, images), carry(encoder, "encoder")
    places = [i for i, layer in enumerate(model["layers"]) if layer["kind"] == "Conv2D"]
    model["layers"] = model["layers"][: places[len(views) - 1] + 1]
    top, patches = views[0]
    seen = f"The patch that excites each of the {len(top)} filters of the first layer most."
    show(
        "filters",
        "Explore the filters",
        "Try: find a filter that sees only one side of each stroke. Does its kernel tell which?",
        map_figure(patches, diverging=False, alt=seen),
        {"encoder": model},
        {"digits": digits},
        start={"layer": 1, "filter": int(top.argmax())},
        views=[
            {
                "index": index,
                "top": top.tolist(),
                "side": patches.shape[2],
                "patches": np.uint8(np.round(255 * patches)).reshape(len(top), -1).tolist(),
            }
            for index, (top, patches) in zip(places, views, strict=False)
        ],
    )
