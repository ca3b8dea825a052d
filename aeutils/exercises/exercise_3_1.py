# Copying needs no knowledge of digits, and 6272 numbers have room for 784 eight times over. Letters
# show it: a network that only hands the pixels on copies them as well as digits.
answer_3_1 = "B"
filters_3_1 = 784 // (14 * 14) - 1  # four filters have as many numbers as the image
check("3.1", answer_3_1, filters_3_1)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Choice, Number

CHECK = {
    "answer_3_1": Choice({
        "A": "A network that only passes the pixels through does equally well on both. This would "
        "show whether it has memorized.",
        "C": "A network that only passes the pixels through does so from any start.",
        "D": "A network that only passes the pixels through gets better at it, too.",
    }),
    "filters_3_1": Number(
        {},
        say=lambda received: f"{received:g} filters of 14 x 14 are {14 * 14 * received:g} numbers, "
        "the image has 784. Which is the largest number of filters that has fewer?",
    ),
}
NOTICE = (
    "If letters come out as well as digits, the network copies. A low loss counts where copying is "
    "ruled out: by a small code, or by another task such as removing noise."
)
