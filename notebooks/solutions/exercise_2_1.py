# Codes ten times smaller have errors ten times smaller and squared errors a hundred times smaller.
# So has their variance, and the share of the variance that is kept is what it was.
answer_2_1 = "B"
check("2.1", answer_2_1)
