def strongest_patch(x, responses):
    i, row, column = np.unravel_index(np.argmax(responses), responses.shape)
    # One ring of zeros moves everything by one, so the patch *around* a pixel of the image
    # begins *at* that row and column of the padded one.
    return np.pad(x[i], 1)[row : row + 3, column : column + 3]


check("3.3", strongest_patch)
some = np.asarray(x_train[:300])
maps_of_some = np.asarray(first_layer(some))  # the last axis counts the kernels
patches = [strongest_patch(some[..., 0], maps_of_some[..., k]) for k in range(8)]
# Above the kernels, below their patches: ink where the weights are red.
scaled = kernels[:8] / np.abs(kernels[:8]).max()
show_maps(np.concatenate([scaled, patches]), captions=[f"kernel {k}" for k in range(8)] + [""] * 8)
