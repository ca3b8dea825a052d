# No model has a lower BCE than a perfect copy (about 0.058), so nothing that is measured correctly
# lies below it. A usual cause: pixels divided by 255 twice. Nearly black targets cost little.
answer_1_1 = "C"
check("1.1", answer_1_1)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Choice

CHECK = {
    "answer_1_1": Choice({
        "A": "A larger code lowers the loss, but no code gets it below that of a perfect copy.",
        "B": "Longer training lowers the loss towards that of a perfect copy, never below it.",
        "D": "Overfitting would show as a gap between the curves. Even a model that knew every "
        "image by heart could not get below the loss of a perfect copy.",
    })
}
NOTICE = "The bound holds for every model, so a loss below it is always a mistake."
