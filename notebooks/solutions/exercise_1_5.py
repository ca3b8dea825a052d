def walk_code(encoder, decoder, a, b, steps):
    code_a, code_b = encoder(np.stack([a, b]))  # a model takes a batch, so stack the two
    mix = np.linspace(0, 1, steps, dtype="float32")[:, None]  # a column: one row for each step
    return decoder((1 - mix) * code_a + mix * code_b)


check("1.5", walk_code)
show_digits({"a 4 to another 4": walk_code(encoder, decoder, x_test[4], x_test[6], 9)})
