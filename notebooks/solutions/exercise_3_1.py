# Copying needs no knowledge of digits, and 6272 numbers have room for 784 eight times over. Letters
# show it: a network that only hands the pixels on copies them as well as digits.
answer_3_1 = "B"
filters_3_1 = 784 // (14 * 14) - 1  # four filters have as many numbers as the image
check("3.1", answer_3_1, filters_3_1)
