# Copying needs no knowledge of digits, and 6272 numbers have room for 784 eight times over.
# A low loss says something only where copying is ruled out: by a small code or another task.
answer_3_1 = "B"
check("3.1", answer_3_1)
