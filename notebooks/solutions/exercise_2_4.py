def verdicts(scores, control):
    gain = scores - control  # seed against seed: a lucky draw of images helps both alike
    ahead, behind = np.all(gain > 0, axis=1), np.all(gain < 0, axis=1)
    return np.select([ahead, behind], ["ahead", "behind"], "open").tolist()


check("2.4", verdicts)
for i, name in enumerate(starts):
    if name != "random start":
        control_scores = results[:, :, list(starts).index("random start")]
        print(f"{name:13}", dict(zip(counts, verdicts(results[:, :, i], control_scores))))
