# Codes ten times smaller have errors ten times smaller and squared errors a hundred times smaller.
# So has their variance, and the fraction of the variance that is kept is what it was.
answer_2_1 = "B"
check("2.1", answer_2_1)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Choice

CHECK = {
    "answer_2_1": Choice({
        "A": "What is kept is the fraction of the variance that the error leaves, and the variance "
        "of the codes fell by a hundred too.",
        "C": "This loss was not measured on a classifier, and it cannot tell.",
        "D": "Overfitting is a gap between two losses, on training and on validation codes. Both "
        "fell.",
    })
}
NOTICE = "Compare such a loss with the variance of the same codes, or decode and compare pixels."
