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

# ---- What the check knows. ----

from aeutils.exercises.reading import as_array, as_models, call, require


def check_layer(rng, answer):
    width, units = int(rng.integers(36, 44)), int(rng.integers(14, 19))
    # Codes that are large and often 0, so that kernels, biases and the spread all matter.
    factors = rng.normal(size=(21_000, 4)) @ rng.normal(size=(4, width))
    codes, fresh = np.split(np.maximum(4 * factors + 2, 0).astype("float32"), [20_000])
    encoder, decoder = as_models(call(answer, codes, units))
    code = as_array(call(encoder, fresh), (1000, units), "the new code")
    order = rng.permutation(1000)  # a decoder has nothing but the code

    def kept(code):
        back = as_array(call(decoder, code[order]), (1000, width), "the decoded code")
        return 1 - float(np.mean((fresh[order] - back) ** 2) / fresh.var(axis=0).mean()), back

    require(code.min() >= 0, f"The new code goes down to {code.min():.2f}: give it a ReLU.")
    direct, back = kept(code)
    limited = 0.9 < abs(back).max() <= 1
    require(not limited, "The decoder's outputs end at 1, but codes have no upper limit.")
    spread = float(code.std())
    measured = f"On fresh codes the spread of the new code is {spread:.2f}, and encoder and "
    measured += f"decoder keep {max(direct, 0):.0%} of the variance"
    other = max(kept(code * k)[0] for k in np.geomspace(0.001, 1000, 90).astype("float32"))
    size = f"{measured}, though {other:.0%} when the code has another size. Multiply the decoder's "
    size += "kernel by what you divided the encoder by, and leave its bias."
    require(direct > 0.7 or other < 0.7, size)
    train = "Train both together, codes as input and as target, for about six epochs."
    require(direct > 0.7, f"{measured}, expected over 70 %. {train}")
    divide = "divide the encoder's kernel and its bias by the spread of its code."
    require(0.8 < spread < 1.25, f"{measured}. Good, but the spread should be 1: {divide}")
    return f"{measured}. It can be stacked as often as you like: each call needs only codes."


CHECK = {"add_layer": check_layer}
SECONDS = 5
