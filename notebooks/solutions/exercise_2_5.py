def add_layer(codes, units):
    keras.utils.set_random_seed(12)
    width = codes.shape[1]
    # Codes have no upper limit, so the output is linear and the loss the mean squared error.
    encoder, decoder = one_layer(width, units, "relu"), one_layer(units, width, "linear")
    inputs = keras.Input((width,))
    model = keras.Model(inputs, decoder(encoder(inputs)))
    model.compile(falling_rate(2e-3, 6 * len(codes) // 128), "mse", **FAST)
    model.fit(codes, codes, batch_size=128, epochs=6, verbose=0, callbacks=[Progress("one layer")])
    scaled, _, spread = rescaled(encoder, encode(encoder, codes))
    # The code is now smaller by `spread`, so the kernel that reads it must be larger. The bias
    # is added afterwards and stays.
    kernel, bias = decoder.get_weights()
    decoder.set_weights([kernel * spread, bias])
    return scaled, decoder


encoder_3, decoder_3 = add_layer(codes_2, 32)
check("2.5", add_layer)  # after the training, whose progress line clears the output
ten_codes = scaled_2(scaled_1(x_test[:10]))
from_32 = decoder_2(spread_2 * decoder_3(encoder_3(ten_codes)))
show_digits({"test digit": x_test[:10], "32 numbers": decoder_1(spread_1 * from_32)})
