def conv_cost(height, width, channels, kernel, filters):
    weights = kernel * kernel * channels * filters  # each kernel reaches through all channels
    # The size of the image does not matter for the parameters: one kernel serves all positions.
    # For the work it does: every weight is used once at each position.
    return weights + filters, height * width * weights


check("3.2", conv_cost)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Function
from aeutils.exercises.reading import as_array

PARAMETERS, WORK = "weights + filters,", "height * width * weights"
CHECK = {
    "conv_cost": Function(
        draw=lambda rng: tuple(map(int, rng.permutation(range(1, 16))[:5])),
        read=lambda pair, *sizes: as_array(pair, (2,), "parameters and multiplications"),
        mistakes={
            "The parameters are without biases: each filter has one.": {PARAMETERS: "weights,"},
            "The parameters are without the input channels.":
                {PARAMETERS: "kernel * kernel * filters + filters,"},
            "The parameters come first.": {f"{PARAMETERS} {WORK}": f"{WORK}, weights + filters"},
            "There is one bias for each filter, not one in all.": {PARAMETERS: "weights + 1,"},
            "There is one bias for each filter, not one for each channel.":
                {PARAMETERS: "weights + channels,"},
            "A kernel has rows and columns.": {PARAMETERS: "kernel * channels * filters + filters,"},
            "These are the multiplications of one position.": {WORK: "weights"},
            "A bias is only added.": {WORK: "height * width * (weights + filters)"},
            "The multiplications are without the input channels.": {WORK: f"{WORK} // channels"},
            "The multiplications are without the filters.": {WORK: f"{WORK} // filters"},
            "Neither number counts the input channels.":
                {"kernel * kernel * channels": "kernel * kernel"},
            'With padding="same", positions at the border count: there are as many as pixels.':
                {WORK: "(height - kernel + 1) * (width - kernel + 1) * weights"},
        },
        others=[
            *({PARAMETERS: f"{value},"} for value in (
                "height * width * channels * filters + filters", "weights + filters - 1", "1208",
                "weights + filters + 0.4", "weights + filters * channels", "weights * 2 + filters",
                "kernel * kernel * (channels + filters) + filters", "weights + kernel",
                "height * width * weights + filters")),
            *({WORK: value} for value in (
                f"2 * {WORK}", f"{WORK} - 0.4", "height * height * weights", f"{WORK} // kernel",
                "width * width * weights", "(height // kernel) * (width // kernel) * weights",
                f"{WORK} * channels", "height * width * channels * filters", "(height + width) * weights",
                "(height + kernel - 1) * (width + kernel - 1) * weights", "168_000")),
        ],
    )
}  # fmt: skip
NOTICE = "The size of the image is absent from the parameters, yet it decides the work."
