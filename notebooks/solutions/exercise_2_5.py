from aeutils import Progress, cosine_adam


def add_layer(codes, units):
    keras.utils.set_random_seed(12)
    width = codes.shape[1]
    # Codes have no upper limit, so the output is linear and the loss the mean squared error.
    encoder = keras.Sequential([keras.Input((width,)), keras.layers.Dense(units, "relu")])
    decoder = keras.Sequential([keras.Input((units,)), keras.layers.Dense(width)])
    model = keras.Sequential([encoder, decoder])
    model.compile(cosine_adam(2e-3, 6 * len(codes) // 128), "mse", steps_per_execution=50)
    model.fit(codes, codes, batch_size=128, epochs=6, verbose=0, callbacks=[Progress("one layer")])
    spread = np.std(encoder(codes[:6_000]))
    encoder.set_weights([weights / spread for weights in encoder.get_weights()])
    # The code is now smaller by `spread`, so the kernel that reads it must be larger. The bias
    # is added afterwards and stays.
    kernel, bias = decoder.get_weights()
    decoder.set_weights([kernel * spread, bias])
    return encoder, decoder


check("2.5", add_layer)
encoder_3, decoder_3 = add_layer(np.asarray(codes_2), 32)
ten_codes = scaled_2(scaled_1(x_test[:10]))
from_32 = decoder_2(spread_2 * decoder_3(encoder_3(ten_codes)))
show_digits({"test digit": x_test[:10], "32 numbers": decoder_1(spread_1 * from_32)})
