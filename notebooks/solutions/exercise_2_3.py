def confusion(labels, predictions):
    pairs = np.zeros((10, 10))
    # pairs[labels, predictions] += 1 would count a pair once, however often it occurs.
    np.add.at(pairs, (labels, predictions), 1)
    return pairs / pairs.sum(axis=1, keepdims=True)  # digits differ in number: one total per row


check("2.3", confusion)
mistaken = confusion(test_labels, tuned["stack"])
np.fill_diagonal(mistaken, 0)  # the diagonal would drown everything else
for i, j in zip(*np.unravel_index(np.argsort(mistaken, axis=None)[:-4:-1], (10, 10))):
    print(f"{mistaken[i, j]:.1%} of the digits {i} are taken for {j}")
