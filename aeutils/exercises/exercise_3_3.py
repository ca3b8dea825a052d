def strongest_patch(x, responses):
    i, row, column = np.unravel_index(np.argmax(responses), responses.shape)
    # One ring of zeros moves everything by one, so the patch *around* a pixel of the image
    # begins *at* that row and column of the padded one.
    return np.pad(x[i], 1)[row : row + 3, column : column + 3]


check("3.3", strongest_patch)
some = np.asarray(x_train[:300])
maps_of_some = np.asarray(first_layer(some))  # the last axis counts the kernels
patches = [strongest_patch(some[..., 0], maps_of_some[..., k]) for k in range(8)]
# Above the kernels, below their patches: ink where the weights are red.
scaled = kernels[:8] / np.abs(kernels[:8]).max()
show_maps(np.concatenate([scaled, patches]), captions=[f"kernel {k}" for k in range(8)] + [""] * 8)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function

PATCH, LARGEST, IMAGE = "[row : row + 3, column : column + 3]", "np.argmax(responses)", "np.pad(x[i], 1)"


def draw(rng):
    """Images and responses: the largest often at the border, a very negative one, all below 0."""
    n, h, w = rng.choice([3, 6, 120]), *rng.permutation(range(10, 17))[:2]
    x = rng.uniform(0.2, 1, (n, h, w)).astype("float32")
    responses = (rng.uniform(-1, 1, x.shape) + rng.uniform(-1, 1, (n, 1, 1))).astype("float32")
    (i, other), largest, near = rng.permutation(n)[:2], rng.choice([5, 95]), rng.choice([0.5, 0.02])
    place = rng.choice([0, 3, h - 4, h - 1]), rng.choice([0, 4, w - 5, w - 1])
    responses[other, 2, 3], responses[other, 5, 8], responses[i, *place] = -50, largest - near, largest
    return x, responses - rng.choice([0, 0, 100]).astype("float32")


def say(given, received, expected):
    x, responses = given
    place = tuple(map(int, np.unravel_index(responses.argmax(), x.shape)))
    return (
        f"In images of shape {x.shape} the largest response is at {place}. Expected the patch with "
        "that pixel in the middle, as in the image, which goes on with zeros outside."
    )


CHECK = {
    "strongest_patch": Function(
        draw=draw,
        say=say,
        cases=16,
        mistakes={
            "Rows and columns are swapped.":
                {"i, row, column": "i, column, row", IMAGE: "np.pad(x[i], 20)[19:, 19:]"},
            "The patch is transposed: its rows have become columns.": {PATCH: f"{PATCH}.T"},
            "Your patch begins at that pixel, the middle.": {IMAGE: "np.pad(x[i], 3)[3:, 3:]"},
            "Your patch lies a row and a column too early.": {IMAGE: "np.pad(x[i], 2)"},
            "You took absolute values.": {LARGEST: "np.argmax(abs(responses))"},
            "You took the smallest response.": {LARGEST: "np.argmin(responses)"},
            "You cut the patch from the responses, not from the image.": {"x[i]": "responses[i]"},
            "This is the brightest pixel. The responses say where to look.": {LARGEST: "np.argmax(x)"},
            "You looked at the first image only.":
                {f"{LARGEST}, responses.shape": "np.argmax(responses[0]), (1, *x[0].shape)"},
            "Pad rows and columns alone: np.pad(x, 1) puts an image in front of the first one, too.":
                {IMAGE: "np.pad(x, 1)[i]"},
            "Outside is 0; you repeated the border.": {IMAGE: 'np.pad(x[i], 1, mode="edge")'},
            "Outside is 0; you went on at the other side.": {IMAGE: 'np.pad(x[i], 1, mode="wrap")'},
        },
        others=[
            {IMAGE: 'np.pad(x[i], 1, mode="reflect")'}, {"x[i]": "x[i - 1]"}, {"x[i]": "x[::-1][i]"},
            {"x[i]": "x[0]"}, {"x[i]": "x[-1]"}, {"x[i]": "x.mean(axis=0)"}, {"x[i]": "x.max(axis=0)"},
            {IMAGE: "np.pad(x[i], ((2, 0), (1, 1)))"}, {IMAGE: "np.pad(x[i], ((1, 1), (2, 0)))"},
            {IMAGE: "np.pad(x[i], ((0, 2), (1, 1)))"}, {IMAGE: "np.pad(x[i], ((1, 1), (0, 2)))"},
            {LARGEST: "np.argmax(np.maximum(responses, 0))"}, {PATCH: f"{PATCH}[::-1]"},
            {LARGEST: "np.argmax(responses >= responses.max() - 1)"}, {PATCH: f"{PATCH}.round(2)"},
            {LARGEST: "np.argmax(x * responses)"}, {LARGEST: "np.argmax(responses[:, 1:-1, 1:-1])"},
            {IMAGE: "np.pad(np.clip(x[i], 0, 0.9), 1)"}, {PATCH: f"{PATCH} / {IMAGE}.max()"},
            {IMAGE: "np.pad(x[i], 1, constant_values=1)"}, {"x[i]": "0 * x[i]"},
            {LARGEST: "np.argmax(responses[:100])"}, {LARGEST: "np.argmax(responses.round(1))"},
            {IMAGE: "np.pad(x[i], 1, constant_values=0.01)"}, {PATCH: f"{PATCH}[:, ::-1]"},
            {PATCH: "[np.clip(row, 1, len(x[i]) - 2):][:3, np.clip(column, 1, len(x[i].T) - 2):][:, :3]"},
            {f"{LARGEST}, responses.shape": "responses.argmax(), x.transpose(0, 2, 1).shape",
             IMAGE: "np.pad(x[i], 20)[19:, 19:]"},
            {LARGEST: "np.argmax(responses * (responses.sum((1, 2)) == responses.sum((1, 2)).max())[:, None, None])"},
        ],
    )
}  # fmt: skip
NOTICE = "A kernel's favorite is bright under its positive weights and dark under the negative."
