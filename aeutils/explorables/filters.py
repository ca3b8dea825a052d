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
    views, values = [], images.reshape(len(images), *encoder.input_shape[1:])
    # What a unit sees in the image: its corner, how far the next unit's lies away, and its size.
    corner, step, size = np.zeros(2, int), np.ones(2, int), np.ones(2, int)
    framed = np.pad(images, ((0, 0), (99, 99), (99, 99)))
    for layer in chain(encoder, "encoder"):
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
    if not views:
        raise ValueError("Received an encoder without layers of Conv2D, expected at least one.")
    return views


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
        map_figure(patches, captions=range(len(top)), diverging=False, alt=seen),
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
