# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Squeeze a digit through 32 numbers
#
# An autoencoder is a network that learns to copy its input. That would be easy, but there is a
# bottleneck in the middle: whatever the network knows about an image has to pass through a few
# numbers. Here are ten images to copy:

# %%
# In Colab, first run: %pip install git+https://github.com/OWNER/REPOSITORY
import matplotlib.pyplot as plt

from aeutils import load_mnist, show_digits

plt.style.use("aeutils.course")
(images, labels), (test_images, test_labels) = load_mnist()
show_digits(images[:10], captions=labels[:10])

# %% [markdown]
# Each has 28 x 28 = 784 pixels. The network will redraw each image from 32 numbers.
#
# **You will**
#
# - build an autoencoder in a few lines of Keras, train it, and look at what it keeps;
# - compare it with PCA and with a deeper network;
# - look at its units, make them sparse, and walk through its latent space.
#
# **You will learn** how to tell whether a loss is good, how an autoencoder relates to PCA, what a
# sparse code is, and what a reconstruction error can and cannot tell you.
#
# **You need** Python, and to have seen a Keras model once. The data comes with the course.
# **Time**: 70 minutes to read and try, 50 for the exercises, and 30 more for the last exercise,
# which is optional. All cells together run in about two minutes.
#
# These are the first ten of MNIST's 60,000 training images, with their labels; 10,000 more images are
# kept for testing. Training an autoencoder takes no labels. We use them only to describe what it has
# learned.
#
# The course follows an older tutorial, [*Implementing
# (Deep)Auto-encoders*](https://github.com/jfdelgad/Autoencoders) by jfdelgad, and tests its claims.
# When you are asked to **predict** a result, make a guess before you run the cell: even a wrong
# guess teaches more than none.

# %% [markdown]
# ## 1 Prepare the digits
#
# An image is a square of whole numbers from 0 to 255. A dense layer takes a row of small numbers, so
# `to_vectors` writes the 28 rows of an image one after another and divides by 255.
#
# The last 6,000 training images become the **validation set**, on which learning rates and numbers
# of epochs are chosen. The test set is used only to report results. Importing Keras takes a few
# seconds.

# %% tags=["nbval-check-output"]
import keras
import numpy as np

from aeutils import Progress, Snapshots, replay, shift_images, to_vectors
from aeutils import check, show_verdicts, solution
from aeutils import draw_digit, explore_code, explore_code_map, explore_digit
from aeutils import explore_interpolation, show_curves, show_figure, show_layers, show_maps

x_train = keras.ops.convert_to_tensor(to_vectors(images[:54_000]))
x_val = keras.ops.convert_to_tensor(to_vectors(images[54_000:]))
x_test = keras.ops.convert_to_tensor(to_vectors(test_images))
print("training", x_train.shape, "validation", x_val.shape, "test", x_test.shape)

# %% [markdown]
# ## 2 Build an encoder and a decoder
#
# The **encoder** maps 784 pixels to a **code** of 32 numbers. The **decoder** maps the code back to
# 784 pixels, the **reconstruction**. Each is a single dense layer. The `relu` makes every number of
# the code zero or positive. The `sigmoid` keeps every pixel of the reconstruction between 0 and 1,
# like the pixels of the input.
#
# The autoencoder applies the encoder, then the decoder. Since both are Keras models, we can use each
# alone after training: the encoder to get codes, the decoder to turn codes into images.

# %% tags=["nbval-check-output"]
dense = keras.layers.Dense


def build_autoencoder(code_size=32, code_activation="relu", output_activation="sigmoid"):
    encoder = keras.Sequential([keras.Input((784,)), dense(code_size, code_activation)])
    decoder = keras.Sequential([keras.Input((code_size,)), dense(784, output_activation)])
    return keras.Sequential([encoder, decoder]), encoder, decoder


autoencoder, encoder, decoder = build_autoencoder()
print(f"encoder {encoder.count_params():,} parameters, decoder {decoder.count_params():,}")

# %%
show_layers({"simple": autoencoder})


# %% [markdown]
# ## 3 Ask how low the loss can get
#
# Each pixel $\hat x$ of the reconstruction is compared with the same pixel $x$ of the input. We use
# two measures, both averaged over all pixels: the **mean squared error** (MSE), the mean of $(x-\hat
# x)^2$, and the **binary cross-entropy** (BCE), the mean of
#
# $$-x\log\hat x-(1-x)\log(1-\hat x).$$
#
# The BCE reads a gray value as the probability that the pixel is white. We train on the BCE and
# report both.
#
# A loss means little until you compare it with something. Two models need no training: one that
# always answers with the mean of all training images, and one that copies perfectly.
#
# **Predict.** What is the BCE of a perfect copy?

# %%
def score(target, reconstruction):
    """Return the mean squared error and the binary cross-entropy, averaged over all pixels."""
    parts = list(zip(np.split(target, 10), np.split(reconstruction, 10)))  # to save memory
    mse = np.mean([keras.losses.mean_squared_error(x, y) for x, y in parts])
    bce = np.mean([keras.losses.binary_crossentropy(x, y) for x, y in parts])
    return float(mse), float(bce)


def print_scores(scores):
    lines = [f"{name:28} MSE {mse:.4f}  BCE {bce:.4f}" for name, (mse, bce) in scores.items()]
    print("\n".join(lines))


mean_image = np.mean(x_train, axis=0)

# %%
scores = {
    "mean image": score(x_test, np.tile(mean_image, (10_000, 1))),
    "perfect copy": score(x_test, x_test),
}
print_scores(scores)

# %% [markdown]
# The MSE of a perfect copy is zero, but its BCE is not. For a pixel of gray value $x$ the BCE is
# smallest when the model answers exactly $x$, and even then it is $-x\log x-(1-x)\log(1-x)$, the
# *entropy* of the pixel: zero for black and white, largest for middle gray. Averaged over all
# pixels, this is the **entropy floor**. No model can get below it.
#
# A useful BCE lies between the two values above. A model above the mean image is worse than one that
# never looks at its input.

# %% tags=["checkpoint", "nbval-check-output"]
assert scores["perfect copy"][0] == 0 and 0.055 < scores["perfect copy"][1] < 0.061
print("Checkpoint: the BCE of a perfect copy is well above zero, and far below the mean image.")


# %% [markdown]
# ## 4 Train the autoencoder
#
# Input and target are the same images. The optimizer is `Adam`, and twenty **epochs** (rounds through
# the training images) are enough. `steps_per_execution` only saves time. Unless the text says
# otherwise, networks are trained by this function, with this learning rate.

# %%
def train(model, epochs, label, optimizer=None, loss="binary_crossentropy"):
    optimizer = optimizer or keras.optimizers.Adam(0.002)
    model.compile(optimizer, loss=loss, steps_per_execution=50)
    return model.fit(
        x_train, x_train, batch_size=256, epochs=epochs, validation_data=(x_val, x_val),
        verbose=0, callbacks=[Progress(label)],
    ).history


keras.utils.set_random_seed(1)
autoencoder, encoder, decoder = build_autoencoder()
history = train(autoencoder, 20, "simple autoencoder")

# %%
curves = {"training": history["loss"], "validation": history["val_loss"]}
entropy_floor = (score(x_val, x_val)[1], "entropy floor")
show_curves(curves, "binary cross-entropy", entropy_floor, model="simple")

# %% [markdown]
# Most is learned in the first few epochs. There the training loss lies *above* the validation loss:
# it is the mean over an epoch, during which the network improves, while the validation loss is
# measured at the end. Later the curves stay together: the network has not memorized single images.
# They level out well above the floor.
#
# Here are five test images, which the network has never seen, above their reconstructions.

# %%
show_digits({"input": x_test[:5], "reconstruction": autoencoder(x_test[:5])}, test_labels[:5])

# %%
scores["simple"] = score(x_test, autoencoder(x_test))
print(f"test set: MSE {scores['simple'][0]:.4f}, BCE {scores['simple'][1]:.4f}")

# %% [markdown]
# All five can be read. What is lost is the writer's hand: sharp edges, thin ends of strokes, faint
# lines.

# %% tags=["checkpoint", "nbval-check-output"]
assert scores["simple"][1] <= 0.1 and scores["simple"][0] <= 0.012, scores["simple"]
print("Checkpoint: over the test set the BCE is at most 0.1, and the MSE at most 0.012.")

# %% [markdown]
# ### Try it yourself
#
# This is a live figure. Choose a test digit and slowly add noise to it. At which level does the reconstruction turn into another
# digit?

# %%
explore_digit(encoder, decoder, x_test[:200])

# %% [markdown]
# ### Exercise 1.1 (5 minutes)
#
# A colleague reports a test BCE of 0.04 for an autoencoder on these same images. What follows?
#
# - **A** The code is much larger than 32 numbers.
# - **B** It was trained for very long.
# - **C** Something is wrong with the data or with the measurement.
# - **D** The model overfits.
#
# (The solution of each exercise is in the cell below its check: delete the `# `, run it, and run it
# again.)
#
# <details><summary>Hint</summary>
#
# Which model has the lowest BCE that is possible, and how large is it?
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
answer_1_1 = ...  # one letter, such as "A"
check("1.1", answer_1_1)

# %% tags=["solution"]
# # %load solution("1.1")

# %% [markdown]
# ### Exercise 1.2 (5 minutes)
#
# A deeper autoencoder has the layers 784-128-64-32-64-128-784, all dense, all with biases. How
# many parameters does it have? Calculate it by hand (or as a sum in Python), not with `count_params`.
#
# <details><summary>Hint</summary>
#
# A dense layer with 784 inputs and 128 units has 784 x 128 weights and 128 biases. There are six
# layers.
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
answer_1_2 = ...  # one number
check("1.2", answer_1_2)

# %% tags=["solution"]
# # %load solution("1.2")

# %% [markdown]
# ## 5 Check the optimizer's default
#
# Older code for autoencoders often says `optimizer="adadelta"`. Since then one number in Keras has
# changed: the default learning rate of `Adadelta` was 1.0 and is now 0.001. The line still runs,
# without a warning.
#
# **Predict.** How low does the BCE get in six epochs with today's default? Compare with section 3.

# %%
curves = {"Adam(0.002)": history["val_loss"][:6]}
rates = {"Adadelta(1.0)": 1.0, "Adadelta(0.001), today's default": 0.001}
for name, rate in rates.items():
    keras.utils.set_random_seed(1)
    model, _, _ = build_autoencoder()
    curves[name] = train(model, 6, name, keras.optimizers.Adadelta(rate))["val_loss"]
curves["mean image"] = [score(x_val, np.tile(mean_image, (6_000, 1)))[1]] * 6
show_curves(curves, "validation BCE", entropy_floor)

# %% [markdown]
# With today's default the BCE stays near $\log 2\approx 0.69$, that of a uniform middle gray. After
# six epochs the network is far worse than the mean image, and nothing warns you. So compare every
# curve with a model that knows nothing.

# %% tags=["checkpoint", "nbval-check-output"]
assert curves["Adadelta(0.001), today's default"][-1] > 2 * curves["mean image"][0]
assert curves["Adam(0.002)"][-1] < curves["Adadelta(1.0)"][-1] < curves["mean image"][0]
print("Checkpoint: today's default is worse than the mean image; Adam leads.")

# %% [markdown]
# ## 6 Compare with PCA and with a deeper network
#
# Is the simple autoencoder good? Statistics has had an encoder and a decoder for a century:
# **principal component analysis** (PCA). It finds the 32 directions in which the images vary most,
# and an image's code is its position along each of them. The directions are eigenvectors of the
# covariance, so nothing has to be trained. Here are the first sixteen: red is positive, blue negative.

# %%
pixels = np.asarray(x_train)
covariance = pixels.T @ pixels / len(pixels) - np.outer(mean_image, mean_image)
variances, directions = np.linalg.eigh(covariance)  # the smallest variance first
components = directions[:, ::-1]  # a column for each, the largest variance first


def pca_reconstruction(x, size):
    codes = (x - mean_image) @ components[:, :size]
    return codes @ components[:, :size].T + mean_image


show_maps(components.T[:16], captions=range(1, 17), scale_each=True,
          alt="The first 16 components: ring against bar, slants, finer waves.")


# %% [markdown]
# A **linear** autoencoder has no `relu` and no `sigmoid`, and is trained on the MSE. It can at best
# equal PCA: no linear map to 32 numbers and back has a smaller MSE on the training images (Baldi and
# Hornik, below). What does our network gain by not being linear? We change the activation of the
# output, with five epochs and two random starts each:
#
# - A linear output has to hit 0 exactly to draw a black pixel.
# - A relu output can *rest* at black: whatever is below 0 becomes 0.
# - The control, a mirrored relu, can rest at white: whatever is above 1 becomes 1.
# - A sigmoid output can come close to both.
#
# The last row of the table adds what else our network has: the relu in the code and the BCE.
#
# **Predict.** Which of these outputs beat PCA?

# %%
def rest_at_white(x):
    return 1 - keras.ops.relu(1 - x)


settings = {  # activation of the code, activation of the output, loss
    "linear": (None, None, "mse"),
    "output rests at white": (None, rest_at_white, "mse"),
    "output rests at black (relu)": (None, "relu", "mse"),
    "output near both (sigmoid)": (None, "sigmoid", "mse"),
    "sigmoid, relu code and BCE": ("relu", "sigmoid", "binary_crossentropy"),
}

# %%
mse_with = {}
for name, (code_activation, output_activation, loss) in settings.items():
    mse_with[name] = []
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        model, _, _ = build_autoencoder(32, code_activation, output_activation)
        train(model, 5, f"{name}, start {seed}", loss=loss)
        mse_with[name].append(score(x_test, model(x_test))[0])

# %%
by_pca = pca_reconstruction(x_test, 32)
scores["PCA"] = score(x_test, by_pca)
clipped = score(x_test, np.clip(by_pca, 0, 1))
rows = {"PCA": [scores["PCA"][0]], "PCA, clipped to 0...1": [clipped[0]], **mse_with}
lines = []
for name, values in rows.items():
    lines.append(f"{name:30}  test MSE  " + "  ".join(f"{mse:.4f}" for mse in values))
lines.append(f"{np.mean(x_test == 0):.0%} of the pixels are black, {np.mean(x_test == 1):.1%} white")
print("\n".join(lines))

# %% [markdown]
# With 32 numbers and five epochs, most of the gain comes from **an output that can rest at black**,
# where most pixels are. A relu output alone goes about as far as our whole network does. The mirrored
# relu, which rests where few pixels are, gains next to nothing, so it is not enough that the output
# is not linear. Clipping PCA's pixels afterwards gives only a part of the gain.
#
# The next network, *deep*, has one more layer of 256 units on each side of its code, no relu in the
# code, and eight times as many parameters. It trains for 7 epochs; *simple* had 20.

# %%
keras.utils.set_random_seed(1)
deep_encoder = keras.Sequential([keras.Input((784,)), dense(256, "relu"), dense(32)])
deep_decoder = keras.Sequential([keras.Input((32,)), dense(256, "relu"), dense(784, "sigmoid")])
deep = keras.Sequential([deep_encoder, deep_decoder])
train(deep, 7, "deep autoencoder")

digits = x_test[:5]
show_digits({
    "input": digits,
    "mean image": np.tile(mean_image, (5, 1)),
    "PCA": pca_reconstruction(digits, 32),
    "simple": autoencoder(digits),
    "deep": deep(digits),
})

# %%
scores["deep"] = score(x_test, deep(x_test))
print_scores({n: scores[n] for n in ("mean image", "PCA", "simple", "deep", "perfect copy")})

# %% [markdown]
# With as many numbers the deep network has the lowest error (one random start).

# %% tags=["checkpoint", "nbval-check-output"]
assert np.allclose(mse_with["linear"], scores["PCA"][0], rtol=0.08)
assert max(mse_with["output rests at black (relu)"]) < 0.8 * min(mse_with["output rests at white"])
assert scores["deep"][0] < 0.9 * scores["simple"][0] < 0.8 * scores["PCA"][0]
print("Checkpoint: linear is near PCA, an output that rests at black beats it, deep beats simple.")


# %% [markdown]
# ### Exercise 1.3 (10 minutes)
#
# A mean over 10,000 images hides the bad ones. Write a function that finds the ten images that are
# reconstructed worst. Then show the ten of the test set with `show_digits`, above their
# reconstructions: what do they have in common?
#
# <details><summary>Hint 1: a question</summary>
#
# You need one error for each image. Over which axis do you take the mean?
#
# </details>
# <details><summary>Hint 2: sorting</summary>
#
# `np.argsort` returns indices in ascending order: the largest come last.
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# errors = np.mean((images - reconstructions) ** 2, axis=...)
# order = np.argsort(errors)
# return ...  # the last ten, reversed
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def worst_ten(images, reconstructions):
    """Return the indices of the ten images with the largest MSE, the worst first.

    Both arguments are arrays of shape (n, 784), with n at least 10. Leave them as they are.
    """
    ...


check("1.3", worst_ten)

# %% tags=["solution"]
# # %load solution("1.3")

# %% [markdown]
# ## 7 Change the size of the latent code
#
# Why 32 numbers? Here are simple autoencoders with codes of 2, 8, 32 and 128 numbers, trained for
# five epochs each, and PCA with as many components.
#
# **Predict.** At which of these sizes does the autoencoder beat PCA?

# %%
rows = {"input": x_test[:8]}
mse_by_size = {}
for size in (2, 8, 32, 128):
    keras.utils.set_random_seed(1)
    model, _, _ = build_autoencoder(size)
    train(model, 5, f"code of {size}")
    rows[f"{size} numbers"] = model(x_test[:8])
    pca_mse = score(x_test, pca_reconstruction(x_test, size))[0]
    mse_by_size[size] = (score(x_test, model(x_test))[0], pca_mse)
show_digits(rows)

# %%
lines = ["numbers  autoencoder     PCA   (test MSE)"]
lines += [f"{size:7}  {ours:11.4f}  {pca:.4f}" for size, (ours, pca) in mse_by_size.items()]
print("\n".join(lines))

# %% [markdown]
# More numbers, less error. With 32 and 128 numbers the autoencoder beats PCA. With 2 and 8 it does
# not: an output that rests at black is no help when the code says too little. (Its code is also a
# relu, so its numbers cannot be negative, as PCA's can.)
#
# But two numbers can be plotted. The possible codes of a network form its **latent space**; here it
# is a plane. The next network has more layers, 784-128-64-2 and back, and a linear code. A callback,
# `Snapshots`, records what it makes of some digits during training.

# %%
keras.utils.set_random_seed(2)
plane_encoder = keras.Sequential(
    [keras.Input((784,)), dense(128, "relu"), dense(64, "relu"), dense(2)])
plane_decoder = keras.Sequential(
    [keras.Input((2,)), dense(64, "relu"), dense(128, "relu"), dense(784, "sigmoid")])
plane = keras.Sequential([plane_encoder, plane_decoder])
plane.compile(keras.optimizers.Adam(0.002), "binary_crossentropy")
snapshots = Snapshots(plane_encoder, plane_decoder, x_test[:200], test_labels[:200])
plane.fit(x_train, x_train, batch_size=256, epochs=8, verbose=0,
          callbacks=[snapshots, Progress("a code of two numbers")])
plane_mse = score(x_test, plane(x_test))[0]
print(f"two numbers: test MSE {plane_mse:.4f}, PCA {mse_by_size[2][1]:.4f}")


# %% [markdown]
# This network beats PCA's two numbers. Now look at its plane. A few codes lie far out, so the axes
# show ranks: 0.3 is the value below which 30 % of the test digits lie.
#
# **Predict.** Nobody told the network which digit is which. Where in the plane will the ten classes
# lie? Where will it put the 4s and the 9s?

# %%
def ranks(values):  # the fraction of values that are smaller
    return np.searchsorted(np.sort(values), values) / len(values)


plane_codes = np.asarray(plane_encoder(x_test))
first, second = ranks(plane_codes[:, 0]), ranks(plane_codes[:, 1])
places = (np.arange(15) + 0.5) / 15
across = np.quantile(plane_codes[:, 0], places)
up = np.quantile(plane_codes[:, 1], places)
grid = [[x, y] for y in reversed(up) for x in across]
decoded = np.reshape(plane_decoder(np.array(grid)), (15, 15, 28, 28))
decoded_plane = np.block([list(row) for row in decoded])  # 15 rows of 15 images

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 4.6), layout="constrained")
for digit, color in enumerate(plt.colormaps["tab10"].colors):
    chosen = np.flatnonzero(test_labels == digit)[:120]
    axes[0].scatter(first[chosen], second[chosen], s=40, marker=f"${digit}$", color=color)
axes[0].set(xlim=(0, 1), ylim=(0, 1), title="1,200 test digits")
axes[1].imshow(decoded_plane, extent=(0, 1, 0, 1), aspect="auto", cmap="gray")
axes[1].set(title="the same plane, decoded")
for axis in axes:
    axis.set(xlabel="first number, by rank", ylabel="second number, by rank")
show_figure(figure, "Left: test digits in the plane of codes; digits of a class lie close to each other. "
            "Right: the plane decoded on a grid, one digit turning into the next.")

# %% [markdown]
# Many classes have a region of their own, although no label was used. Digits that share strokes
# overlap, such as 4 and 9. On the right each point of the plane is an image, and neighbors mostly differ by a little.
# Among all possible images of 784 pixels these form a curved sheet, a **manifold** of two
# dimensions.

# %% tags=["checkpoint", "nbval-check-output"]
assert mse_by_size[2][0] > mse_by_size[8][0] > mse_by_size[32][0] > mse_by_size[128][0]
assert mse_by_size[32][0] < 0.85 * mse_by_size[32][1] and plane_mse < 0.85 * mse_by_size[2][1]
print("Checkpoint: more numbers, less error; with more layers two numbers beat PCA's two.")

# %% [markdown]
# Move through the plane. Which digits turn into each other?

# %%
explore_code_map(plane_encoder, plane_decoder, x_test[:1000], test_labels[:1000])

# %% [markdown]
# And this is how the plane came about. Which digits separate first?

# %%
replay(snapshots)

# %% [markdown]
# ## 8 See what the units see
#
# Back to the simple autoencoder. Each of the 32 units of its encoder has 784 weights, one for each
# pixel, so they can be shown as an image. Red pixels push the unit up, blue ones push it down, white
# ones do not matter.
#
# **Predict.** Will you see strokes, whole digits, or something else?

# %%
encoder_weights = np.transpose(encoder.layers[0].kernel)  # (32, 784)
show_maps(encoder_weights, captions=range(32), scale_each=True,
          alt="The encoder weights of the 32 units, a map for each, on a scale of its own.")

# %% [markdown]
# Blotches. Many of the strongest weights are at the border. Images are nearly always black there, so
# these weights have almost no effect, and training has no reason to change them.
#
# These weights are often read as the image that excites a unit most. Among all images with the same
# sum of squares this is true, but no digit looks like them. Which *digits* excite a unit most? For
# eight units, the last row shows the mean of the 100 training digits with the largest code, minus the
# mean image. The middle row shows the decoder's weights: what a unit adds to the picture, before the
# sigmoid.

# %%
decoder_weights = np.asarray(decoder.layers[0].kernel)  # (32, 784)
codes = np.asarray(encoder(x_train))
preferred = []
for unit in range(8):
    strongest = np.argsort(codes[:, unit])[-100:]
    preferred.append(pixels[strongest].mean(axis=0) - mean_image)
maps = np.concatenate([encoder_weights[:8], decoder_weights[:8], preferred])
captions = [f"unit {unit}\nencoder" for unit in range(8)] + ["decoder"] * 8 + ["its digits"] * 8
show_maps(maps, captions=captions, scale_each=True, alt="Eight units in columns: encoder weights, "
          "decoder weights, and the digits that excite the unit most minus the mean image.")

# %%
fires = np.mean(codes > 0, axis=0)
print(f"{np.sum(fires > 0.9)} of the 32 units fire on more than 90 % of the training digits.")

# %% [markdown]
# For these eight units, neither the encoder's nor the decoder's weights look like the digits that
# excite them.
#
# A unit **fires** on an image if its code is above 0. Nearly every unit fires on nearly every digit.
# So these are not 32 detectors that wait for a pattern. They answer all together, and their relu is
# hardly ever in use. (A **dead** unit fires on no image. Its gradient is zero, so training no longer
# changes it.)
#
# Leave the image and change its code. Can you find a unit that changes one stroke only?

# %%
explore_code(encoder, decoder, x_test[:200])


# %% [markdown]
# ### Exercise 1.4 (10 minutes)
#
# A relu unit can be useless in two ways. It may be dead, and fire on no image. Or it may be **always
# on**, and fire on every image: then its relu is never in use, and the unit is linear. Write a
# function that finds both kinds, and apply it to the codes of all training images. How many of the 32
# units are neither?
#
# <details><summary>Hint 1: a question</summary>
#
# A row of `codes` is an image, a column is a unit. Along which axis do you look to say something
# about a unit?
#
# </details>
# <details><summary>Hint 2: two functions of NumPy</summary>
#
# `np.any(..., axis=0)` and `np.all(..., axis=0)` give True or False for each column;
# `np.flatnonzero` turns True and False into indices.
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# fires = codes > 0
# dead = np.flatnonzero(~np.any(...))
# always = np.flatnonzero(...)
# return dead, always
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def sort_units(codes):
    """Return two arrays: the indices of the dead units, and of those that are always on.

    `codes` has shape (images, units) and comes out of a relu. A unit fires where its code is above
    0, however little. A dead unit fires on no image, one that is always on fires on every image.
    Each array has one dimension, and is empty if there is no such unit. Leave `codes` as it is.
    """
    ...


check("1.4", sort_units)


# %% tags=["solution"]
# # %load solution("1.4")

# %% [markdown]
# ## 9 Make the code sparse
#
# A **sparse autoencoder** has many units but is pushed to use only a few of them for each image. An
# **L1 penalty** is added to the loss: 0.001 times the sum of the absolute values of the image's code.
# A silent unit costs nothing. The control is the same network without the penalty. Both have 256
# units and learn from 20,000 images.

# %%
def build_wide(penalty):
    layer = dense(256, "relu", activity_regularizer=penalty)
    encoder = keras.Sequential([keras.Input((784,)), layer])
    decoder = keras.Sequential([keras.Input((256,)), dense(784, "sigmoid")])
    return keras.Sequential([encoder, decoder]), encoder, decoder


few, wide_codes, wide_weights = x_train[:20_000], {}, {}
for name, penalty in {"dense": None, "sparse": keras.regularizers.L1(0.001)}.items():
    keras.utils.set_random_seed(1)
    model, wide_encoder, wide_decoder = build_wide(penalty)
    model.compile(keras.optimizers.Adam(0.002), "binary_crossentropy", steps_per_execution=50)
    model.fit(few, few, batch_size=256, epochs=6, verbose=0, callbacks=[Progress(name)])
    wide_codes[name] = np.asarray(wide_encoder(x_test))
    wide_weights[name] = np.asarray(wide_decoder.layers[0].kernel)
    scores[name] = score(x_test, model(x_test))

# %% [markdown]
# Here are the decoder weights of sixteen units of each network, the first that fire on at least 1 %
# of the test digits. Above each stands the fraction of test digits on which it fires.

# %%
maps, captions, lines, fires_of, used = [], [], [], {}, {}
for name, codes in wide_codes.items():
    fires_of[name] = np.mean(codes > 0, axis=0)
    used[name] = np.flatnonzero(fires_of[name] >= 0.01)
    maps.append(wide_weights[name][used[name][:16]])
    captions += [f"{name} {fraction:.0%}" for fraction in fires_of[name][used[name][:16]]]
    lines.append(f"{name:7} {np.sum(fires_of[name]):3.0f} of 256 units fire on a digit, on average; "
                 f"test MSE {scores[name][0]:.4f}")
show_maps(np.concatenate(maps), captions=captions, scale_each=True, alt="Decoder weights: 16 units "
          "of the dense code, blotches; 16 of the sparse code, strokes, loops and whole digits.")
print("\n".join(lines))

# %% [markdown]
# The dense units are blotches. Many sparse units draw strokes, loops or whole digits, and most of
# them are silent on most digits. That is the effect of the penalty: nothing else differs. Its price
# is a larger error.
#
# Are these units detectors of digits? For each unit we take the fifty test digits that excite it
# most, and ask what fraction of them has the commonest label.

# %%
purity = {}
for name, codes in wide_codes.items():
    purity[name] = []
    for unit in used[name]:
        strongest = np.argsort(codes[:, unit])[-50:]
        purity[name].append(np.max(np.bincount(test_labels[strongest])) / 50)
print("\n".join(f"{name:7} mean fraction {np.mean(values):.2f}; above 0.9 in "
                f"{np.mean(np.greater(values, 0.9)):.0%} of the units"
                for name, values in purity.items()))

# %% [markdown]
# Mostly not. A unit draws a shape, and several digits share a shape.
#
# You will meet sparse autoencoders again: trained on the activations of a language model, they find
# units that people can often name (Cunningham et al.; Bricken et al., below).

# %% tags=["checkpoint", "nbval-check-output"]
assert np.median(fires) > 0.9 and np.median(fires_of["sparse"][used["sparse"]]) < 0.5
assert np.sum(fires_of["sparse"]) < 0.5 * np.sum(fires_of["dense"]) and np.mean(purity["sparse"]) < 0.9
print("Checkpoint: with the penalty a unit is silent on most digits, and still no detector.")

# %% [markdown]
# ## 10 Walk through the latent space
#
# There are two ways to walk from one digit to another: mix the *images*, pixel by pixel, or mix the
# *codes* and decode each mixture.
#
# **Predict.** How will the two walks differ halfway?

# %%
mix = np.linspace(0, 1, 9, dtype="float32")[:, None]  # 0: the first digit, 1: the second
a, b = x_test[18:19], x_test[61:62]
mixed_images = (1 - mix) * a + mix * b
mixed_codes = (1 - mix) * encoder(a) + mix * encoder(b)
mixed_plane_codes = (1 - mix) * plane_encoder(a) + mix * plane_encoder(b)
show_digits({
    "images mixed": mixed_images,
    "codes of 32 numbers mixed": decoder(mixed_codes),
    "codes of 2 numbers mixed": plane_decoder(mixed_plane_codes),
})
difference = np.mean(np.abs(autoencoder(mixed_images) - decoder(mixed_codes)))
print(f"mixed before or after the encoder, a pixel differs by {difference:.4f} on average")

# %% [markdown]
# Halfway, the mixed images show both digits, each half as bright. With 32 numbers, mixing the codes
# gives a reconstruction of this double exposure: it makes almost no difference whether we mix before
# or after the encoder. Since nearly all units fire on nearly every digit, the encoder is almost linear. In
# the plane the walk leads through blurred shapes like digits.
#
# Is there a pair of digits for which mixing the codes looks better than mixing the images?

# %%
explore_interpolation(encoder, decoder, x_test[:200])

# %% [markdown]
# What about codes that belong to no digit at all? In a **random code**, each number is taken from a
# test digit chosen at random, anew for each number. The deep network of section 6 takes part, too.

# %%
rng = np.random.default_rng(1)
rows = {}
for name, encode, decode in [("simple, 32", encoder, decoder), ("deep, 32", deep_encoder, deep_decoder),
                             ("plane, 2", plane_encoder, plane_decoder)]:
    random_codes = rng.permuted(np.asarray(encode(x_test)), axis=0)[:9]  # each column by itself
    rows[f"{name} numbers"] = decode(random_codes)
show_digits(rows)

# %% [markdown]
# In the plane most random codes decode to something like a digit. With 32 numbers they decode to
# tangles of strokes, in the deep network, too. The 32 numbers of a digit depend on each other, and
# nothing in the training of a plain autoencoder makes other combinations decode to digits. It
# compresses; it does not generate. Notebook 3 makes it a generator, and exercise 1.6 shows another
# way.

# %% [markdown]
# ### Exercise 1.5 (20 minutes)
#
# A walk can have more than two stops. Write a function that gets several digits, the stops, and
# returns the picture at place `t` of a walk from stop to stop: 0 is the first stop, 1 the second,
# and 1.5 lies halfway between the second and the third. The walk goes through the latent space:
# straight from the code of one stop to that of the next.
#
# (The encoder of this notebook is nearly linear, so it makes little difference whether you mix images
# or codes. The check uses an encoder whose units switch between the stops.)
#
# Then put a slider on your function with `ipywidgets.interact`, for four digits of your choice.
#
# <details><summary>Hint 1: a question</summary>
#
# Between which two stops does t=2.3 lie, and how much of each is in the mixture? And t=3, when there
# are four stops, from 0 to 3?
#
# </details>
# <details><summary>Hint 2: shapes</summary>
#
# A model takes a batch. Encode all stops in one call; a slice such as `codes[1:2]` keeps the shape
# (1, code size), which the decoder needs.
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# codes = encoder(stops)
# first = min(int(t), len(stops) - 2)  # the last stop has no next one
# part = t - first
# mixture = ... * codes[first : first + 1] + ... * codes[first + 1 : first + 2]
# return decoder(mixture)
# ```
#
# For the slider: `ipywidgets.interact(lambda t: show_digits(...), t=(0, 3, 0.05))`.
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def walk_code(encoder, decoder, stops, t):
    """Return the decoded picture at place t of the walk, shape (784,) or (1, 784).

    `stops` has shape (k, 784), with k at least 2. `t` goes from 0, the first stop, to k - 1, the
    last one. At a stop the picture is its reconstruction, decoder(encoder(stop)).
    """
    ...


check("1.5", walk_code)


# %% tags=["solution"]
# # %load solution("1.5")

# %% [markdown]
# ### Exercise 1.6 (30 minutes, optional)
#
# A **variational autoencoder** is a generator: it is trained so that random codes decode to digits.
# Three things are new.
#
# - The encoder has two outputs for each number of the code: a mean $\mu$ and the logarithm of a
#   variance, $\log\sigma^2$.
# - In training the decoder does not get the mean, but a code sampled around it,
#   $\mu+\sigma\epsilon$, where $\epsilon$ is sampled from the standard normal distribution.
# - A second loss, the Kullback-Leibler divergence, pulls the codes to mean 0 and spread 1. For
#   each image it is $\frac{1}{2}\sum(\mu^2+\sigma^2-1-\log\sigma^2)$, and is added to the
#   cross-entropy *summed* over the 784 pixels. Keras takes the mean over the pixels instead, so
#   divide by 784.
#
# The check looks at the following:
#
# - Reconstructions, decoded from the means, have an MSE of at most 0.045.
# - The encoder returns means, not samples: the same each time it is called. It returns the
#   *logarithms* of the variances, and each image has its own.
# - The codes of all images together have a mean near 0 and a spread near 1.
# - 1,000 pictures decoded from standard normal codes are varied, and all ten digits occur.
#
# <details><summary>Hint 1: a question</summary>
#
# Why is the *logarithm* of the variance learned, and not the spread itself?
#
# </details>
# <details><summary>Hint 2: a layer that samples</summary>
#
# A layer of your own can sample, and add the second loss with `self.add_loss(...)`.
# `keras.ops.exp(log_variance / 2)` is the spread, `keras.random.normal(shape, seed=...)` samples;
# for a new sample in each step the seed is a `keras.random.SeedGenerator`. Eight numbers are enough.
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# class Sample(keras.layers.Layer):
#     def __init__(self):
#         super().__init__()
#         self.seeds = keras.random.SeedGenerator(1)
#
#     def call(self, mean, log_variance):
#         divergence = ...  # one number for each image
#         self.add_loss(keras.ops.mean(divergence) / 784)
#         return mean + ... * keras.random.normal(keras.ops.shape(mean), seed=self.seeds)
#
#
# def train_vae():
#     pixels = keras.Input((784,))
#     hidden = ...
#     mean, log_variance = dense(8)(hidden), dense(8)(hidden)
#     encoder = keras.Model(pixels, [mean, log_variance])
#     decoder = ...
#     model = keras.Model(pixels, decoder(Sample()(mean, log_variance)))
#     ...  # compile and fit as before
#     return encoder, decoder
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def train_vae():
    """Train a variational autoencoder; return encoder (means, log variances) and decoder."""
    ...


check("1.6", train_vae)


# %% tags=["solution"]
# # %load solution("1.6")

# %% [markdown]
# ## 11 Detect strange images
#
# An autoencoder has learned to redraw digits only, and that has a use: an image that it reconstructs
# badly may be unlike the training images. As **threshold** we choose the error that 5 % of the validation
# digits exceed.
#
# **Predict.** What fraction of the following will exceed it: pure noise, digits shifted by three
# pixels, digits turned upside down? (An upside-down 0, 1, 6, 8 or 9 is still a digit, or nearly one,
# so we turn the other five.)

# %%
def image_errors(x):
    """Return the mean squared error of each image's reconstruction."""
    return np.mean((autoencoder(x) - x) ** 2, axis=1)


squares = np.reshape(x_test, (-1, 28, 28))
upside_down = np.rot90(squares[np.isin(test_labels, [2, 3, 4, 5, 7])], 2, axes=(1, 2))
kinds = {
    "test digits": np.asarray(x_test),
    "upside down": upside_down.reshape(-1, 784),
    "shifted by 3": shift_images(x_test, right=3),
    "noise": np.random.default_rng(2).random((10_000, 784), dtype="float32"),
}
threshold = np.quantile(image_errors(x_val), 0.95)
caught = {name: np.mean(image_errors(x) > threshold) for name, x in kinds.items()}

# %%
rows = {}
for name, x in kinds.items():
    rows[name] = x[:6]
    rows[f"{name}, reconstructed"] = autoencoder(x[:6])
show_digits(rows)
print("\n".join(f"{name:12}  above the threshold {part:4.0%}" for name, part in caught.items()))

# %% [markdown]
# All of the noise exceeds the threshold: the decoder cannot draw it. More than a third of the shifted
# digits do, too, though each is a perfect digit: a large error need not mean a new kind of image. And
# most upside-down digits do not: they are made of familiar strokes, and a small error does not mean
# that an image is a digit.

# %% tags=["checkpoint", "nbval-check-output"]
assert caught["noise"] > 0.99 and 0.02 < caught["test digits"] < 0.08
assert 0.1 < caught["upside down"] < 0.5 and caught["upside down"] < caught["shifted by 3"]
print("Checkpoint: all noise exceeds the threshold, most upside-down digits do not.")

# %% [markdown]
# ### Draw your own digit
#
# Draw a digit on the black square, with the mouse, a finger or the arrow keys. It is scaled and
# centered like the digits of MNIST, and goes through your autoencoder while you draw. Can you read it
# after 32 numbers? Then draw a star, a letter, a face: which of your drawings has the largest error?

# %%
draw_digit(autoencoder)

# %% [markdown]
# ## Recap
#
# The tutorial's model, trained for its fifty epochs on today's Keras, and this run.
# (`tests/benchmarks/README.md` says where the tutorial's numbers come from.)

# %%
# validation BCE and test BCE
TUTORIAL = {'optimizer="adadelta"': ("0.688", "-"), "Adadelta(1.0)": ("0.1056", "0.1039")}
rows = [("784-32-784", "epochs", "validation BCE", "test BCE")]
rows += [(f"tutorial, {name}", 50, *values) for name, values in TUTORIAL.items()]
ours = (f"{history['val_loss'][-1]:.4f}", f"{scores['simple'][1]:.4f}")
rows.append(("this run, Adam(0.002)", len(history["loss"]), *ours))
print("\n".join(f"{name:32} {epochs:>6}  {bce:>14}  {test:>8}" for name, epochs, bce, test in rows))

# %% [markdown]
# - A loss is good or bad only compared with a baseline and a floor.
# - A linear autoencoder can at best equal PCA. With 32 numbers the simple autoencoder beats it: its
#   output can rest at black. A deep one goes further.
# - Units of a dense code fire on nearly every digit, and their weights are blotches. Most units of a
#   sparse code are silent on most digits, and many draw strokes, loops or whole digits.
# - Two numbers form a plane where most points decode to something like a digit. Random codes of 32
#   numbers do not: nothing in the training of a plain autoencoder asks for it.
# - The reconstruction error is large for what the decoder cannot draw, not for what is no digit.
#
# It is often said that a network trained to copy is a good start for a network that *recognizes*.
# Is it? [Notebook 2 stacks autoencoders and finds out](02_stacked.ipynb).
#
# **Further reading**
#
# - Hinton and Salakhutdinov, *Reducing the dimensionality of data with neural networks*, Science 313,
#   2006.
# - Baldi and Hornik, *Neural networks and principal component analysis*, Neural Networks 2, 1989.
# - Cunningham et al., *Sparse autoencoders find highly interpretable features in language models*,
#   2023, [arXiv:2309.08600](https://arxiv.org/abs/2309.08600).
# - Bricken et al., *Towards monosemanticity: decomposing language models with dictionary learning*,
#   Transformer Circuits, 2023.
# - Kingma and Welling, *Auto-encoding variational Bayes*, 2013,
#   [arXiv:1312.6114](https://arxiv.org/abs/1312.6114).

# %% [markdown]
# ## What you have done

# %%
show_verdicts(1)
