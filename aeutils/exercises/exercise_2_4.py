# A network trained on twenty labels is often sure and wrong. The digit that it names too often
# passes the threshold most often, makes up most of the next round, and is named even more often.
answer_2_4 = "B"
check("2.4", answer_2_4)

# ---- What the check knows. ----

from aeutils.exercises.kinds import Choice

CHECK = {
    "answer_2_4": Choice({
        "A": "Networks are often sure, and often wrong, also after very few labels.",
        "C": "A probability above 0.9 does not make a name correct. Wrong ones pass as well.",
        "D": "What a network sees most often it names most often. Equal numbers keep the ten digits "
        "in balance.",
    })
}
NOTICE = "Taking equally many of each digit uses one thing that you know: digits are about as common."
