# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # See a picture through small windows
#
# Below are ten digits. In the second row, all their pixels have changed places, in the same way for
# every digit. Which kind of network could learn from the second row as well as from the first?
# Write down a guess. Section 6 finds out.

# %%
# In Colab, first run: %pip install git+https://github.com/OWNER/REPOSITORY
import matplotlib.pyplot as plt
import numpy as np

from aeutils import load_mnist, show_digits

plt.style.use("aeutils.course")
(images, labels), (test_images, test_labels) = load_mnist()
order = np.random.default_rng(1).permutation(784)  # a new place for each pixel
shuffled = images[:10].reshape(10, 784)[:, order]
show_digits({"in order": images[:10], "shuffled": shuffled}, captions=labels[:10])

# %% [markdown]
# **You will** build a convolutional autoencoder, look inside it, compare it with dense networks,
# repair damaged pictures, and end with digits that nobody wrote. **You will learn** what a
# convolution assumes before it has learned anything, what a low loss proves, and the idea behind
# today's image generators. **You need** notebook [01](01_simple.ipynb). **Time**: 75 minutes to
# read and try, and 50 minutes for the five exercises. All cells together run in about two minutes.
#
# The notebook follows an older tutorial,
# [jfdelgad/Autoencoders](https://github.com/jfdelgad/Autoencoders). The recap compares the two.

# %% [markdown]
# A dense layer gives each of its units a weight for every pixel. A **convolution** slides one small
# window of weights, the *kernel*, over the picture. At every place it multiplies the weights with
# the pixels under them and adds up the products. The sums form a new picture, a *feature map*. A
# kernel with its bias is called a *filter*.
#
# Convolutions take images with a third axis for the color channels. Ours have one channel. We train
# on the first 16,000 images and validate on 1,000 of the last 6,000.

# %%
import keras
from keras import layers

from aeutils import COLORS, Progress, check, cosine_adam, show_curves, show_figure, show_layers
from aeutils import draw_digit, explore_denoising, explore_diffusion, explore_filters, show_maps
from aeutils import reset, show_verdicts, solution, to_images

x_train = keras.ops.convert_to_tensor(to_images(images[:16_000]))
x_val = keras.ops.convert_to_tensor(to_images(images[54_000:55_000]))
x_test = keras.ops.convert_to_tensor(to_images(test_images))


def print_table(columns, rows, digits=4):
    lines = [" " * 24 + "".join(f"{column:>14s}" for column in columns)]
    for name, values in rows.items():
        lines.append(f"{name:24s}" + "".join(f"{value:14,.{digits}f}" for value in values))
    print("\n".join(lines))

# %% [markdown]
# ## 1 Build an autoencoder that keeps the picture
#
# The encoder slides 32 kernels of 3 x 3 pixels over the image (`Conv2D`), keeps the largest of every
# 2 x 2 values (*max pooling*), and slides 32 more kernels over the smaller maps. The decoder repeats
# each value to double the size (*upsampling*) and combines the maps into one picture.
#
# At the border, a window of 3 x 3 reaches outside. `padding="same"` puts zeros there, so that the
# maps are as large as the input. The *stride* is how far the window moves each time, here one pixel.

# %%
def build_autoencoder(activation="sigmoid", filters=32):
    encoder = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(filters, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2), layers.Conv2D(filters, 3, padding="same", activation="relu")])
    decoder = keras.Sequential([
        keras.Input((14, 14, filters)), layers.UpSampling2D(2),
        layers.Conv2D(1, 3, padding="same", activation=activation)])
    return keras.Sequential([keras.Input((28, 28, 1)), encoder, decoder]), encoder, decoder


# %% [markdown]
# **Predict.** A dense layer from 784 pixels to 32 units has 25,120 parameters. The convolutional
# encoder has two layers with 32 kernels each. (A kernel of the second layer reaches through all 32
# maps of the first.) Does it have more parameters or fewer? Is its code larger or smaller than the
# image?

# %%
keras.utils.set_random_seed(1)
autoencoder, encoder, decoder = build_autoencoder()
untrained_encoder = keras.models.clone_model(encoder)  # for later
untrained_encoder.set_weights(encoder.get_weights())
show_layers({"autoencoder": autoencoder})

# %% tags=["checkpoint", "nbval-check-output"]
code_size = np.prod(encoder.output_shape[1:])
print(f"encoder: {encoder.count_params():,} parameters; image: 784 numbers; code: {code_size}")
assert encoder.count_params() < 25_120 and code_size > 784
print("Checkpoint: fewer parameters than a dense encoder, and a code larger than the image.")

# %% [markdown]
# The encoder has fewer parameters, since one kernel serves the whole picture. But its code is
# **eight times the size of the input**. Such an autoencoder is called *overcomplete*. It has room to
# copy the picture eight times, so a low reconstruction error will be no achievement in itself.

# %% [markdown]
# ### Exercise 3.1 (5 minutes)
#
# Someone tells you only this: a convolutional autoencoder with a code of 14 x 14 x 32 numbers
# copies test digits with an error close to zero. Which experiment tells you whether it has learned
# what digits look like?
#
# - **A** Measure its error on the training digits as well, and compare.
# - **B** Let it copy pictures that are not digits, such as letters, and compare the errors.
# - **C** Train it again from other random weights, and compare the errors.
# - **D** Train it longer, and see whether the error falls further.
#
# And a number: with maps of 14 x 14, what is the largest number of filters for which the code holds
# fewer numbers than the image?
#
# (The solution of each exercise is in the cell below its check: delete the `# `, run it, and run it
# again.)
#
# <details><summary>Hint</summary>
#
# How would a network that only passes the pixels through do in each of the four experiments?
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
answer_3_1 = ...  # one letter, such as "A"
filters_3_1 = ...  # one number
check("3.1", answer_3_1, filters_3_1)

# %% tags=["solution"]
# # %load solution("3.1")

# %% [markdown]
# ### Exercise 3.2 (5 minutes)
#
# What does a convolution cost? Write it as a formula, without building the layer: how many
# parameters does it have, and how many times does it multiply a weight by a value of its input
# for one image?
#
# <details><summary>Hint 1: a question</summary>
#
# How many numbers does one kernel hold when its input has several channels?
#
# </details>
# <details><summary>Hint 2: two sentences</summary>
#
# A kernel reaches through all channels of its input. Each filter has one kernel and one bias, and
# is applied at every position of the image.
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def conv_cost(height, width, channels, kernel, filters):
    """Return two numbers: the parameters of a Conv2D layer, and its multiplications per image.

    The input has shape (height, width, channels). The layer has `filters` filters of
    kernel x kernel pixels, biases, stride 1 and padding="same"; positions where the kernel
    reaches over the border count like any other. Biases are added, not multiplied.
    """
    ...


check("3.2", conv_cost)

# %% tags=["solution"]
# # %load solution("3.2")

# %% [markdown]
# ## 2 Train it on a few thousand digits
#
# A kernel of 3 x 3 sees 784 patches in every image, so 4,000 digits give it more than three million
# examples. We train for five epochs. The learning rate falls from 0.01 to zero along a cosine
# (`cosine_adam` returns Keras's Adam with such a rate). The dashed line is the entropy floor of
# notebook 01: pixels are gray, and even a perfect copy of the image pays their entropy.

# %%
autoencoder.compile(cosine_adam(0.01, steps=5 * 125), "binary_crossentropy", metrics=["mse"])
history = autoencoder.fit(
    x_train[:4000], x_train[:4000], batch_size=32, epochs=5, verbose=0,
    validation_data=(x_val, x_val), callbacks=[Progress("autoencoder")],
).history
floor = float(np.mean(keras.losses.binary_crossentropy(x_val, x_val)))  # of a perfect copy
show_curves({"training": history["loss"], "validation": history["val_loss"]}, "cross-entropy",
            (floor, "entropy floor"), model="conv")

# %% [markdown]
# The two curves end together: there is no sign of overfitting. (The first training point is the
# mean over the whole first epoch.) Now the test images.

# %%
test_bce, test_mse = autoencoder.evaluate(x_test, x_test, batch_size=100, verbose=0)
print(f"test cross-entropy {test_bce:.4f}, MSE {test_mse:.5f}")
show_digits({"input": x_test[:8], "reconstruction": autoencoder(x_test[:8])}, test_labels[:8])

# %% [markdown]
# You can hardly tell the two rows apart, and the loss is close to the floor. That is what to expect
# from such a large code. Section 9 tests what this low loss proves.

# %% tags=["checkpoint", "nbval-check-output"]
assert floor - 0.001 < test_bce <= 0.0650 and test_mse < 0.0030
print("Checkpoint: five epochs on 4,000 digits bring the loss close to the entropy floor.")

# %% [markdown]
# ## 3 Choose an output and a loss
#
# The tutorial's last layer is a relu, trained with cross-entropy. Ours is a sigmoid. We try both
# outputs with two losses in smaller networks: 8 filters, 800 images, three random starts. We
# compare their cross-entropy on validation images. (`reset` gives a network new weights, and
# `steps_per_execution` only makes training faster.)

# %%
bce = {}  # cross-entropy on the validation images, of each pair from three starts
for activation in ("relu", "sigmoid"):
    for loss in ("binary_crossentropy", "mse"):
        small = build_autoencoder(activation, filters=8)[0]
        small.compile(keras.optimizers.Adam(0.003), loss, metrics=["bce"], steps_per_execution=50)
        pair, scores = f"{activation}, {loss}", []
        for seed in (1, 2, 3):
            keras.utils.set_random_seed(seed)
            reset(small, build_autoencoder(activation, filters=8)[0].get_weights())
            small.fit(x_train[:800], x_train[:800], batch_size=16, epochs=3, verbose=0,
                      callbacks=[Progress(f"{pair}, start {seed} of 3")])
            scores.append(small.evaluate(x_val, x_val, batch_size=100, verbose=0)[1])
        bce[pair] = scores
print_table(["start 1", "start 2", "start 3"], bce)

# %% [markdown]
# Trained with cross-entropy, the relu is the worst of the four pairs, and its three starts differ
# most. Trained with MSE, the same relu does well. The tutorial's pair can work: with 54,000 images
# and ten epochs it reached a test cross-entropy of 0.0696. Here it is worse from every
# start, and less reliable.
#
# At least two causes are possible, and this experiment does not separate them. For a target $x$ and an output
# $\hat x$, the slope of the cross-entropy is $(\hat x-x)/(\hat x(1-\hat x))$, which has no bound
# near 0 and 1. The slope of a sigmoid cancels the denominator; that of a relu does not. And a relu
# can exceed 1, where the cross-entropy is not defined: Keras clips such outputs, and a clipped pixel
# has no gradient.

# %% [markdown]
# ## 4 Look inside the filters
#
# Back to the network of section 2. What do its first kernels look for? Here are eight, before
# training and after it. Each has its own scale; red is positive, blue negative.

# %%
for name, network in {"untrained": untrained_encoder, "trained": encoder}.items():
    kernels = network.layers[0].get_weights()[0]  # shape (3, 3, channels, filters)
    kernels = kernels[:, :, 0, :8].transpose(2, 0, 1)
    show_maps(kernels, scale_each=True, captions=[f"{name} {number}" for number in range(8)])

# %% [markdown]
# Some trained kernels are red on one side and blue on the other: they respond to an edge in one
# direction. They are often called "edge detectors". But some untrained ones do the same, since nine random
# weights nearly always have both signs. How a kernel looks does not prove that it has learned.
#
# A feature map shows what a kernel makes of a digit. Here are the first two training images with
# their 32 maps. Each map has its own scale, from black for 0 to white for its largest value.

# %%
first_layer = keras.Model(encoder.inputs, encoder.layers[0].output)
feature_maps = np.asarray(first_layer(x_train[:2]))
for digit, maps in zip(x_train[:2], feature_maps):
    pictures = np.concatenate([digit, maps], axis=2).transpose(2, 0, 1)
    show_maps(pictures, 11, ["input", *range(32)], diverging=False, scale_each=True)

# %% [markdown]
# Some maps copy the digit, some keep only the edges on one side, and some are bright where there is
# no ink.
#
# A filter of the code combines all 32 maps, and its *receptive field* is 8 x 8 pixels of the image.
# Which input activates it most? *Gradient ascent* searches for one. Training changes the weights to lower a
# loss. Here the weights stay, and we change the *picture*, at first a random one, to raise the
# response of one filter at one place. (We take the response before the relu, since a relu that gives
# 0 has no gradient.) A `Variable` is an array that may be changed. A `GradientTape` records what is
# computed in its block, and `tape.gradient` returns how the response changes with every pixel.

# %%
import tensorflow as tf

pooled_maps = keras.Model(encoder.inputs, encoder.layers[1].output)


def synthesize(number, steps=60):
    """Return the 8 x 8 pixels to which a filter of the code responds most."""
    picture = tf.Variable(tf.random.stateless_uniform((1, 28, 28, 1), seed=(1, 2)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            maps = keras.ops.conv(pooled_maps(picture), encoder.layers[2].kernel, padding="same")
            response = maps[0, 7, 7, number]
        slope = tape.gradient(response, picture)
        picture.assign(tf.clip_by_value(picture + slope / tf.norm(slope), 0, 1))
    return picture[0, 11:19, 11:19, 0]


# %%
codes = np.asarray(encoder(x_train[:500]))
alive = np.flatnonzero(codes.max(axis=(0, 1, 2)) > 0)[:8]  # other filters give 0 everywhere
show_maps([synthesize(number) for number in alive], captions=alive, diverging=False)

# %% [markdown]
# Above each patch stands the number of its filter. (Filters that give 0 everywhere are left out.) Such
# a patch is often a mosaic that no pen would produce. It shows what the filter responds to *in
# principle*. What it *meets* in the data is another question. The live figure shows, for both layers,
# the patch of real digits to which a filter responds most; the picture shows those of the first layer.
# Can you find a filter that responds to one side of the strokes only, and one that responds to the
# background?

# %%
explore_filters(encoder, x_test)

# %% [markdown]
# ### Exercise 3.3 (10 minutes)
#
# The live figure finds the patch to which a filter responds most. Write this search for the first
# layer, border included: to which 3 x 3 patch, of all images, did a kernel respond most?
#
# <details><summary>Hint 1: a question</summary>
#
# `responses.argmax()` is a single number. How do you get image, row and column from it?
#
# </details>
# <details><summary>Hint 2: the border</summary>
#
# `argmax` counts through the flattened array, and `np.unravel_index(position, responses.shape)`
# turns its answer into image, row and column. For the border, put zeros around the image with
# `np.pad` first; what does that do to rows and columns?
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# def strongest_patch(x, responses):
#     i, row, column = np.unravel_index(..., responses.shape)
#     padded = np.pad(x[i], 1)
#     return padded[... : ..., ... : ...]  # three rows, three columns, (row, column) in the middle
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def strongest_patch(x, responses):
    """Return the patch, shape (3, 3), that lies under the kernel where its response is largest.

    `x`: images, an array of shape (n, h, w). `responses`: an array of the same shape, the feature
    map that one 3 x 3 kernel with padding="same" makes of each image; values may be negative.
    Outside, an image counts as 0.
    """
    ...


check("3.3", strongest_patch)

# %% tags=["solution"]
# # %load solution("3.3")

# %% [markdown]
# ## 5 Give all of them the same code
#
# To compare convolution with dense layers, we give every network a code of 32 numbers, fewer than
# the image has (*undercomplete*). The code is linear, so that none of its units can die:
#
# - **shallow**: 784-32-784, as in notebook 01 but without the relu;
# - **deep**: 784-256-32-256-784, a dense network with eight times the parameters;
# - **conv**: two convolutions with stride 2, which halve the maps without pooling, a dense layer to
#   the 32 numbers, and back by two *transposed convolutions*, which double the maps (section 7).

# %%
def join(encoder_layers, decoder_layers):
    encoder = keras.Sequential([keras.Input((28, 28, 1)), *encoder_layers])
    decoder = keras.Sequential([keras.Input((32,)), *decoder_layers])
    return keras.Sequential([keras.Input((28, 28, 1)), encoder, decoder])


def build_shallow():
    return join([layers.Flatten(), layers.Dense(32)],
                [layers.Dense(784, activation="sigmoid"), layers.Reshape((28, 28, 1))])


def build_deep():
    return join([layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(32)],
                [layers.Dense(256, activation="relu"), layers.Dense(784, activation="sigmoid"),
                 layers.Reshape((28, 28, 1))])


# %%
def build_conv():
    maps = {"kernel_size": 3, "strides": 2, "padding": "same"}
    return join(
        [layers.Conv2D(8, activation="relu", **maps), layers.Conv2D(16, activation="relu", **maps),
         layers.Flatten(), layers.Dense(32)],
        [layers.Dense(7 * 7 * 16, activation="relu"), layers.Reshape((7, 7, 16)),
         layers.Conv2DTranspose(8, activation="relu", **maps),
         layers.Conv2DTranspose(1, activation="sigmoid", **maps)])


builders = {"shallow": build_shallow, "deep": build_deep, "conv": build_conv}
show_layers({name: build() for name, build in builders.items()})

# %% [markdown]
# What does a training cost? Seconds depend on the machine. The number of epochs does not, nor does
# the *work*: how many times a weight is multiplied by a value on the way forward. A dense layer uses each weight once
# for an image, a convolution once at every place of its output, a transposed convolution once at
# every place of its input. Here is the work for one image.

# %% tags=["nbval-check-output"]
work = {  # encoder and decoder mirror each other, so each number counts twice
    "shallow": 2 * (784 * 32),
    "deep": 2 * (784 * 256 + 256 * 32),
    "conv": 2 * (14 * 14 * 3 * 3 * 8 + 7 * 7 * 3 * 3 * 8 * 16 + 7 * 7 * 16 * 32),
}
sizes = {name: (build().count_params(), work[name]) for name, build in builders.items()}
print_table(["parameters", "work"], sizes, digits=0)

# %% [markdown]
# All three get the same images, batches and optimizer. The learning rate is the one of four at which
# *deep* did best beforehand.
#
# **Predict.** Which network has the lowest error after four epochs: *deep*, or *conv* with an eighth of
# its parameters? And which after equal work?

# %%
def train(name, pairs, val_pairs, epochs=4, seeds=(1, 2, 3)):
    """Train on (inputs, targets) from several starts; return the last network and all errors."""
    network = builders[name]()
    network.compile(keras.optimizers.Adam(0.004), "binary_crossentropy", metrics=["mse"],
                    steps_per_execution=50)
    errors = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        reset(network, builders[name]().get_weights())
        history = network.fit(*pairs, batch_size=64, epochs=epochs, validation_data=val_pairs,
                              verbose=0, callbacks=[Progress(f"{name}, start {seed}")])
        errors.append(history.history["val_mse"])
    return network, np.array(errors)


# %%
networks, curves = {}, {}
copies, val_copies = (x_train, x_train), (x_val, x_val)  # the target is the input
networks["deep"], curves["deep"] = train("deep", copies, val_copies)

# %%
networks["conv"], curves["conv"] = train("conv", copies, val_copies)

# %% [markdown]
# With the work of four epochs of *conv*, *shallow* can run fifteen, *deep* fewer than two.

# %%
networks["shallow"], curves["shallow"] = train("shallow", copies, val_copies, epochs=15)

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
for name in builders:
    epochs = np.arange(1, curves[name].shape[1] + 1)
    billions = epochs * len(x_train) * work[name] / 1e9
    for axis, x in zip(axes, (epochs, billions)):
        axis.plot(x, curves[name].T, "o-", color=COLORS[name], markersize=3, linewidth=1)
        axis.plot([], [], color=COLORS[name], label=name)
axes[0].set(xlabel="epochs", ylabel="validation MSE", xlim=(0.8, 4.2), xticks=(1, 2, 3, 4))
axes[1].set(xlabel="work (billions of multiplications)", xlim=(0, 14))
axes[1].legend()
show_figure(figure, "Validation MSE by epochs and by work; conv is lowest at the end of both.")

# %%
show_digits({"input": x_test[:10]} | {n: networks[n](x_test[:10]) for n in builders})

# %% [markdown]
# Each line is one random start. After one epoch *deep* is ahead; after four, *conv* has the lowest
# error, with an eighth of the parameters. Counted in work, the order depends on the budget. In the
# first half of it, the cheap *shallow* leads. It soon stops improving, and *conv* overtakes it. *Deep*
# needs more work than this.
#
# The error of *conv* is still several times that of section 2. So convolution alone does not make
# near-perfect copies; the network there also had the large code.

# %% tags=["checkpoint", "nbval-check-output"]
shallow, deep, conv = (curves[name].mean(axis=0) for name in builders)
assert conv[3] < 0.97 * deep[3] < deep[3] < 0.9 * shallow[3]  # after four epochs
assert conv[3] < 0.9 * min(deep[1], shallow[14])  # after equal work
assert shallow[3] < conv[0] and conv[3] > 2 * test_mse  # after little work; a large code
print("Checkpoint: with little work shallow leads; conv does after four epochs and all the work.")

# %% [markdown]
# ## 6 Shuffle the pixels
#
# Why does convolution win? The usual answer: it assumes that neighboring pixels belong together. We
# test this by taking the neighbors away. The pixels of all images are shuffled, in the same way for
# each, as in the figure at the top. No information is lost.
#
# **Predict.** *shallow* and *conv* have about as many parameters and the same code. What will each
# of them make of shuffled digits?

# %%
def move_pixels(x, order):
    pixels = keras.ops.reshape(x, (-1, 784))
    return keras.ops.reshape(keras.ops.take(pixels, order, axis=1), (-1, 28, 28, 1))


x_shuffled, val_shuffled = move_pixels(x_train, order), move_pixels(x_val, order)
pairs, val_pairs = (x_shuffled, x_shuffled), (val_shuffled, val_shuffled)
shuffled_networks, shuffled_curves = {}, {}
for name in ("shallow", "conv"):
    shuffled_networks[name], shuffled_curves[name] = train(name, pairs, val_pairs)

# %%
shuffled = move_pixels(x_test[:10], order)
table, rows = {}, {"input": x_test[:10], "shuffled": shuffled}
for name, network in shuffled_networks.items():
    table[f"{name}, in order"] = curves[name][:, 3]
    table[f"{name}, shuffled"] = shuffled_curves[name][:, 3]
    rows[f"{name}, in order"] = networks[name](x_test[:10])
    rows[f"{name}, shuffled"] = move_pixels(network(shuffled), np.argsort(order))  # and back
print_table(["start 1", "start 2", "start 3"], table)
show_digits(rows)

# %% [markdown]
# The last four rows are reconstructions; those of shuffled digits were put back in order for our
# eyes. **The dense network did not notice**: to it, an image has always been a list of numbers. The
# convolutional network lost its lead and more: its window now sees nine pixels from all over
# the image.
#
# Only the places of the pixels changed. Convolution assumes that neighbors belong together, and that
# a pattern means the same everywhere. In order, this is its head start: it need not learn what it
# assumes. Shuffled, both assumptions are false, and they hurt. Such built-in assumptions are the
# **inductive bias** of a model.

# %% tags=["checkpoint", "nbval-check-output"]
change = {n: shuffled_curves[n][:, 3].mean() / curves[n][:, 3].mean() for n in shuffled_curves}
assert 0.9 < change["shallow"] < 1.1 and change["conv"] > 1.8
print("Checkpoint: the shuffle costs the dense network nothing, and convolution its lead.")

# %% [markdown]
# ## 7 Return to full size
#
# There are two ways back to full size. *Upsampling and convolution* (section 2) repeats every
# value, then slides a kernel over the large map. A *transposed convolution* with stride 2 (section
# 5) adds, for every value of the small map, a copy of the kernel, times that value, to the large
# map; the copies lie two pixels apart. It has as many parameters and needs a quarter of the work.
#
# **Predict.** Feed both with maps that are the same everywhere. A perfect decoder would return a uniform
# gray. Sketch a few 3 x 3 kernels, two pixels apart. Will the result be uniform?

# %%
larger = layers.UpSampling2D(2)(np.ones((1, 14, 14, 32)))
upsampling = keras.ops.conv(larger, decoder.layers[-1].kernel, padding="same")
first, last = networks["conv"].layers[1].layers[-2:]
maps = first(np.ones((1, 7, 7, 16)))
transposed = keras.ops.conv_transpose(maps, last.kernel, strides=2, padding="same")
inner = [np.asarray(x)[0, 8:20, 8:20, 0] for x in (upsampling, transposed)]  # without the border
show_maps([x - x.mean() for x in inner], captions=["upsampling", "transposed"])

# %% [markdown]
# This is the output before the sigmoid, minus its mean. Upsampling gives a uniform field: all nine
# weights arrive at every pixel. The transposed convolution gives a **checkerboard**: where kernels
# overlap, a pixel receives one, two or four contributions. (Two such layers follow each other, so
# the pattern repeats every four pixels.) It is geometry, and the training of section 5 has not
# removed it. It can be seen in pictures with large uniform areas (Odena et al., below).

# %% [markdown]
# ### Exercise 3.4 (10 minutes)
#
# When does a transposed convolution make a checkerboard even if all weights of its kernel are equal?
# One dimension is enough to find out. A row of n values is written into a longer row: each value
# contributes to `kernel` neighboring pixels, and each contribution begins `stride` pixels after the
# one before. Count the contributions to every pixel. Then find the rule: for which kernels and
# strides do all pixels away from the ends get the same number?
#
# <details><summary>Hint 1: counting</summary>
#
# The last contribution begins at (n - 1) x stride. Start from zeros of the right length and add 1
# to a slice for each value. For the rule, print the counts for stride 2 and kernels from 1 to 6.
#
# </details>
# <details><summary>Hint 2: a skeleton</summary>
#
# ```python
# def count_contributions(n, kernel, stride):
#     counts = np.zeros(..., int)
#     for i in range(n):
#         counts[... : ...] += 1
#     return counts
#
#
# def is_uniform(kernel, stride):
#     return ... == 0  # one operator is enough
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def count_contributions(n, kernel, stride):
    """Return how many values contribute to each pixel: an array of shape (pixels,).

    Nothing is cut off: the first pixel belongs to the first value, the last to the last value.
    Where the stride is larger than the kernel, pixels in the gaps get 0. `n`, `kernel` and `stride`
    are whole numbers from 1 upwards.
    """
    ...


def is_uniform(kernel, stride):
    """Return True if, in a long row, all pixels away from the ends get equally many contributions.

    Return False otherwise. Both are whole numbers from 1 upwards; either may be the larger one.
    """
    ...


check("3.4", count_contributions, is_uniform)

# %% tags=["solution"]
# # %load solution("3.4")

# %% [markdown]
# ## 8 Repair damaged pictures
#
# An autoencoder with a large code may simply copy. A small change of the task rules that out: we
# give it a damaged digit and ask for the whole one.
#
# ### Noise
#
# We use Gaussian noise on every pixel, and salt and pepper, where three pixels in ten become black
# or white. The baseline needs no training: a *median filter* takes the median of every 3 x 3 window
# (`sliding_window_view` lists the windows), and is the usual remedy for salt and pepper.

# %%
from numpy.lib.stride_tricks import sliding_window_view


def gaussian(x, rng):
    return np.clip(x + 0.4 * rng.standard_normal(x.shape, "float32"), 0, 1)


def salt_and_pepper(x, rng):
    draw = rng.random(x.shape, "float32")
    return np.where(draw < 0.15, 0, np.where(draw > 0.85, 1, x)).astype("float32")


def median_filter(x):
    padded = np.pad(x[..., 0], ((0, 0), (1, 1), (1, 1)))
    return np.median(sliding_window_view(padded, (3, 3), axis=(1, 2)), axis=(3, 4))[..., None]


# %% [markdown]
# The network is built as in section 2. It sees 8,000 noisy digits once, half with each kind of noise.
#
# **Predict.** Will it beat the median filter on salt and pepper?

# %%
rng = np.random.default_rng(1)
clean = np.asarray(x_train[:8000])
noisy = np.concatenate([gaussian(clean[:4000], rng), salt_and_pepper(clean[4000:], rng)])
keras.utils.set_random_seed(1)
denoiser, _, _ = build_autoencoder()
denoiser.compile(cosine_adam(0.01, steps=250), "binary_crossentropy")
denoiser.fit(noisy, clean, batch_size=32, verbose=0, callbacks=[Progress("denoiser")]);

# %%
def error(answer, x):
    return np.mean((answer - x) ** 2)


digits = np.asarray(x_test[:300])
errors, rows = {}, {"clean": digits[:8]}
for name, add_noise in {"Gaussian": gaussian, "salt and pepper": salt_and_pepper}.items():
    noisy = add_noise(digits, np.random.default_rng(3))
    answers = {"noisy": noisy, "median": median_filter(noisy), "denoiser": denoiser(noisy)}
    errors[name] = [error(answer, digits) for answer in answers.values()]
    rows |= {f"{name}: {method}": answer[:8] for method, answer in answers.items()}
print_table(["noisy", "median", "denoiser"], errors)
show_digits(rows)

# %% [markdown]
# The network beats the median filter on both. Has it learned *digits*, or something more general?
#
# Turn the noise up yourself. Is there a level at which you can hardly read the noisy digit, but can
# still read the answer? And further up: does the answer become a wrong digit, or fall to pieces?

# %%
explore_denoising(denoiser, x_test)

# %% [markdown]
# ### Holes
#
# Now six rows in the middle are black. The baseline is a bridge: from the last row above the hole to
# the first row below it, gray values change in equal steps. The network is *conv*, trained as in
# section 5. Only the pairs differ: a digit with a hole goes in, and the whole digit is the target.

# %%
visible = np.ones((28, 28, 1), "float32")
visible[11:17] = 0  # six rows are hidden


def bridge(damaged):
    bridged = damaged.copy()
    for step in range(1, 7):
        bridged[:, 10 + step] = ((7 - step) * damaged[:, 10] + step * damaged[:, 17]) / 7
    return bridged


holes, val_holes = (x_train * visible, x_train), (x_val * visible, x_val)
filler, _ = train("conv", holes, val_holes, seeds=[3])  # the last start of section 5

# %%
damaged = digits * visible
fillings = {"damaged": damaged, "conv (section 5)": networks["conv"](damaged),
            "denoiser": denoiser(damaged), "bridge": bridge(damaged), "filler": filler(damaged)}
in_hole = {name: error(x[:, 11:17], digits[:, 11:17]) for name, x in fillings.items()}
print_table(["MSE in hole"], {name: [value] for name, value in in_hole.items()})
show_digits({"whole": digits[:10]} | {name: x[:10] for name, x in fillings.items()})

# %% [markdown]
# Trained to copy, *conv* copies the hole. Trained on pairs with holes, it fills them better than the
# bridge. The same network with other pairs has learned another skill. (The denoiser, another network,
# has seen noise, and leaves the hole as it is.)

# %% tags=["checkpoint", "nbval-check-output"]
assert all(network < 0.85 * median for _, median, network in errors.values())
assert in_hole["filler"] < 0.8 * in_hole["bridge"]
assert in_hole["bridge"] < 0.8 * min(in_hole["denoiser"], in_hole["conv (section 5)"])
print("Checkpoint: trained on noise, a network removes noise; trained on holes, it fills them.")

# %% [markdown]
# ### Exercise 3.5 (20 minutes)
#
# Our holes always lie in the same place, and a network that fills them may know nothing of others.
# Write the function that makes training pairs for holes anywhere: images with a black square, and
# what should come out. Then try it on the denoiser and the filler. Do they fill such holes?
#
# <details><summary>Hint 1: a question</summary>
#
# In a row of 28 pixels, how many places are there for a square of 9? For one of 28?
#
# </details>
# <details><summary>Hint 2: three traps</summary>
#
# `damaged = x` is no copy but a second name for the same array. `rng.integers(k)` draws from 0 to
# k - 1. One draw for all images is not a draw for each image. A loop over the images is fine.
#
# </details>
# <details><summary>Hint 3: a skeleton</summary>
#
# ```python
# def cover(x, size, rng):
#     damaged = x.copy()
#     for image in damaged:
#         top = rng.integers(...)
#         left = ...
#         image[... : ..., ... : ...] = 0
#     return ...
# ```
#
# </details>

# %% tags=["exercise", "nbval-check-output"]
def cover(x, size, rng):
    """Return two float32 arrays of the shape of x: the damaged images and their targets.

    `x`: float32 array of shape (n, 28, 28, 1); it stays as it is. In each damaged image one
    square of size x size pixels is 0. It lies wholly inside, its row and its column are drawn
    separately and anew for each image, and all places are equally likely. `size`: 1 to 28.
    `rng`: from np.random.default_rng; all draws come from it and from nothing else.
    """
    ...


check("3.5", cover)

# %% tags=["solution"]
# # %load solution("3.5")

# %% [markdown]
# ## 9 Try pictures of other kinds
#
# All these networks have seen only handwritten digits. What do they do with capital letters, and
# with digits upside down?

# %%
def render(letter, font):
    figure = plt.figure(figsize=(0.28, 0.28), dpi=100, facecolor="black")
    figure.text(0.5, 0.46, letter, color="white", family=font, size=18, ha="center", va="center")
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :1]  # red; green and blue are the same
    plt.close(figure)
    return pixels.astype("float32") / 255


fonts = ("DejaVu Sans", "DejaVu Serif", "STIXGeneral", "cmr10")
letters = np.array([render(x, font) for x in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for font in fonts])

# %% [markdown]
# Letters and digits differ in contrast. So we divide each MSE by the variance of the pixels in
# question: 0 is perfect, and 1 is what a uniform gray would reach.
#
# **Predict.** Who can copy letters: a code of 6,272 numbers, or one of 32? Who can repair them: the
# denoiser, or the filler?

# %%
groups = {"digits": digits, "letters": letters, "upside down": digits[:, ::-1, ::-1]}
lost = {}
for group, x in groups.items():
    noisy, hole = salt_and_pepper(x, np.random.default_rng(3)), x * visible
    answers = [autoencoder(x), networks["conv"](x), median_filter(noisy), denoiser(noisy)]
    lost[group] = [error(answer, x) / x.var() for answer in answers]
    rows = x[:, 11:17]  # those of the hole
    lost[group] += [error(y[:, 11:17], rows) / rows.var() for y in (bridge(hole), filler(hole))]
methods = ["copy, 6272", "copy, 32", "median", "denoiser", "bridge", "filler"]
print_table(methods, lost, digits=3)

# %%
shown = letters[[0, 9, 18, 28, 38, 47, 57, 66, 76, 99]]
noisy, hole = salt_and_pepper(shown, np.random.default_rng(3)), shown * visible
show_digits({"letters": shown, "copy, 6272": autoencoder(shown),
             "copy, 32": networks["conv"](shown), "noisy": noisy, "denoiser": denoiser(noisy),
             "hole": hole, "bridge": bridge(hole), "filler": filler(hole)})

# %% [markdown]
# With 6,272 numbers, the other pictures are copied nearly as well as digits: a low error on digits
# was no sign of knowing digits. With 32 numbers, upside-down digits, exactly as intricate as digits,
# come out worse: this code is made for digits.
#
# The denoiser does as well on upside-down digits as on digits, and on letters it still beats the
# median: what it has learned is not limited to digits. The filler has to know what belongs in the hole. It adds parts of digits, and loses
# more on both new kinds than on digits. On letters, the bridge now wins. But the filler is hardly
# worse there than on upside-down digits. It is the *bridge* that improves: many letters have
# upright strokes, which a vertical bridge continues.

# %% tags=["checkpoint", "nbval-check-output"]
large, small, median, cleaned, bridged, filled = np.transpose(list(lost.values()))
assert large[1] < 0.6 * small[0] and small[2] > 1.2 * small[0] and cleaned[1] < median[1]
assert min(filled[1:]) > 1.2 * filled[0] and bridged[1] < 0.8 * bridged[0]
print("Checkpoint: what the denoiser learned serves letters, what the filler learned does not.")

# %% [markdown]
# Draw a digit, and see what 6,272 numbers make of it. Then draw something that is not a digit. Is it
# copied as well?

# %%
draw_digit(autoencoder, encoder)

# %% [markdown]
# ## 10 Ask whether the features help a classifier
#
# The tutorial promises that features learned without labels are a good first step toward
# classification. We test it with 1,000 labels. The encoder stays as it is, and one *softmax* layer
# learns from its maps. (They are averaged over blocks of 7 x 7 places, which leaves 128 numbers.)
# Three controls have learned nothing: the maps before training, 128 dense relu units with random
# weights, and the pixels averaged over the same blocks.
#
# **Predict.** Rank the five, the pixels included. Where do you put those that know nothing?

# %%
keras.utils.set_random_seed(1)
x, pool = np.concatenate([x_train[:1000], x_test[:2000]]), layers.AveragePooling2D(7)
features = {
    "pixels": x,
    "pixels, averaged": pool(x),
    "maps, trained": keras.Sequential([encoder, pool]).predict(x, verbose=0),
    "maps, untrained": keras.Sequential([untrained_encoder, pool]).predict(x, verbose=0),
    "random dense": layers.Dense(128, activation="relu")(x.reshape(-1, 784)),
}

# %%
accuracies = {}
for name, values in features.items():
    values = np.reshape(values, (3000, -1))
    values = (values - values[:1000].mean(axis=0)) / (values[:1000].std(axis=0) + 0.01)
    softmax = keras.Sequential([layers.Dense(10, activation="softmax")])
    softmax.compile(cosine_adam(0.01, 400), "sparse_categorical_crossentropy", metrics=["acc"])
    softmax.fit(values[:1000], labels[:1000], batch_size=50, epochs=20, verbose=0)
    accuracies[name] = softmax.evaluate(values[1000:], test_labels[:2000], verbose=0)[1:]
print_table(["test accuracy"], accuracies, digits=3)

# %% [markdown]
# The maps **without any training** beat the pixels, with a sixth of the numbers, and training has not
# made them better (one start each). Averaged pixels and random *dense* features do not help. So what
# helps is the convolution together with its averaging, not what was learned (Saxe et al., below).

# %% tags=["checkpoint", "nbval-check-output"]
pixels, averaged, trained, untrained, dense = np.ravel(list(accuracies.values()))
assert untrained > max(trained - 0.01, pixels + 0.02) and max(dense, averaged) < pixels
print("Checkpoint: untrained maps help a classifier, and training does not improve them.")

# %% [markdown]
# ## 11 Make digits that nobody wrote
#
# A denoiser turns a noisy digit into a clean one. What if we start with *nothing but noise*, clean
# it, add a little less noise, clean again, and so on?
#
# **Predict.** What will the denoiser of section 8 make of pure noise?

# %%
rng = np.random.default_rng(1)
strange = rng.random((200, 28, 28, 1), "float32")
for step in range(1, 31):
    noise = 0.4 * (1 - step / 30) * rng.standard_normal(strange.shape, "float32")
    strange = np.clip(denoiser.predict(strange, verbose=0) + noise, 0, 1)
show_digits(strange[:10])

# %% [markdown]
# It makes clean letters of an alphabet that nobody knows. One likely reason is its small windows: it
# has learned what a stroke is, but not which strokes make a digit.
#
# So we need a denoiser that sees the whole. The code of *conv* describes a whole digit in 32
# numbers, as in notebook 01, and notebook 02 used codes as data for another network. So we **denoise
# codes**. We standardize them and mix each, sixteen times, with noise at a random *level* from 0
# (clean) to 1 (nothing but noise). A small dense network gets the mixture and the level, and learns
# to return the clean code.

# %%
conv_encoder, conv_decoder = networks["conv"].layers
codes = conv_encoder.predict(x_train, verbose=0)
mean, spread = codes.mean(axis=0), codes.std(axis=0)


def mix(clean, noise, level):
    angle = level * np.pi / 2  # cos² + sin² = 1 keeps the variance at 1
    return np.cos(angle) * clean + np.sin(angle) * noise


rng = np.random.default_rng(1)
clean = np.tile((codes - mean) / spread, (16, 1))
noise = rng.standard_normal(clean.shape, "float32")
level = rng.random((len(clean), 1), "float32")
noisy = np.hstack([mix(clean, noise, level), level])  # 33 numbers

# %%
keras.utils.set_random_seed(1)
code_denoiser = keras.Sequential([
    keras.Input((33,)), layers.Dense(256, activation="relu"),
    layers.Dense(256, activation="relu"), layers.Dense(32)])
code_denoiser.compile(cosine_adam(0.005, steps=2 * 500), "mse", steps_per_execution=50)
code_denoiser.fit(noisy, clean, batch_size=512, epochs=2, verbose=0,
                  callbacks=[Progress("denoiser of codes")]);

# %% [markdown]
# Now we start from pure noise. In each of 50 steps, the network guesses the clean code. What the
# guess does not explain must be noise. We mix the two again, with a little less noise than before.

# %%
def generate(n):
    mixture = np.random.default_rng(2).standard_normal((n, 32), "float32")
    for step in range(50, 0, -1):
        level = step / 50
        guess = np.asarray(code_denoiser(np.insert(mixture, 32, level, axis=1)))
        noise = (mixture - mix(guess, 0, level)) / np.sin(level * np.pi / 2)
        mixture = mix(guess, noise, level - 1 / 50)
    return mixture * spread + mean


made = conv_decoder.predict(generate(10), verbose=0)
nearest = [np.argmin(np.sum((x_train - picture) ** 2, axis=(1, 2, 3))) for picture in made]
show_digits({"generated": made, "nearest training digit": np.take(x_train, nearest, axis=0)})

# %% [markdown]
# Most of these are plain digits, and they are no copies of training digits. Nothing was wrong with the
# decoder of section 5. It only had to be told which codes belong to digits, and a denoiser of codes
# knows that.
#
# Two controls: *Gaussian codes* have the mean and the covariance of real codes, and in *mixed codes*
# each of the 32 numbers comes from another digit. A small classifier judges the pictures.

# %%
keras.utils.set_random_seed(1)
judge = keras.Sequential([
    layers.Conv2D(16, 3, strides=2, activation="relu"), layers.Flatten(),
    layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
judge.compile(cosine_adam(0.003, 750), "sparse_categorical_crossentropy", metrics=["accuracy"])
judge.fit(x_train, labels[:16_000], batch_size=64, epochs=3, verbose=0, callbacks=[Progress()])
print(f"test accuracy {judge.evaluate(x_test[:2000], test_labels[:2000], verbose=0)[1]:.3f}")

# %%
rng = np.random.default_rng(3)
group_codes = {
    "test digits, reconstructed": conv_encoder.predict(x_test[:1000], verbose=0),
    "generated": generate(1000),
    "Gaussian codes": rng.multivariate_normal(mean, np.cov(codes.T), 1000),
    "mixed codes": rng.permuted(codes, axis=0)[:1000],
}
pictures = {name: conv_decoder.predict(group, verbose=0) for name, group in group_codes.items()}
pictures["strange letters"] = strange
show_digits({name: group[:10] for name, group in pictures.items()})

# %%
judged = {}
for name, group in pictures.items():
    answers = judge.predict(group, verbose=0)
    fractions = np.bincount(answers.argmax(axis=1), minlength=10) / len(group)
    judged[name] = answers.max(axis=1).mean(), 1 / np.sum(fractions**2)
print_table(["confidence", "classes"], judged, digits=2)

# %% [markdown]
# The table shows how confident the classifier is on average, and how many classes occur (1 divided by
# the sum of their squared fractions: 10 if all ten are equally common, 1 if there is only one). The
# generated digits come closest to the reconstructed test digits. But **confidence alone deceives**: the
# strange letters are not digits, and yet the classifier is more confident about them than about
# Gaussian codes. It only finds fewer classes in them.
#
# To denoise step by step, starting from pure noise, is the idea behind many of today's image
# generators: *diffusion* (Sohl-Dickstein et al. 2015; Ho et al. 2020). Many do it on the codes of an
# autoencoder, as we did: *latent diffusion* (Rombach et al. 2022).

# %% tags=["checkpoint", "nbval-check-output"]
controls = judged["Gaussian codes"], judged["mixed codes"]
assert judged["generated"][0] > max(controls)[0] + 0.04
assert judged["generated"][1] > 8 and judged["strange letters"][1] < 8
print("Checkpoint: the generated digits lead both controls in confidence, and are of all classes.")

# %% [markdown]
# Try it yourself. The left picture is the mixture, decoded; the right one is what the network guesses
# at this step. Move the slider from noise to digit. At which step can you tell which digit it will be? Does the guess change from one digit to another on the way?

# %%
explore_diffusion(code_denoiser, conv_decoder, mean, spread)

# %% [markdown]
# ## Recap
#
# The tutorial's numbers come from a run of its code on today's Keras, the others from the cells
# above.

# %%
recap = {
    "test cross-entropy": ["0.0696", f"{test_bce:.4f}"],
    "images seen in training": ["540,000", "20,000"],
    "digits whose feature maps are kept": ["60,000", f"{len(feature_maps)}"],
    "memory for these maps": ["6.0 GB", f"{feature_maps.nbytes / 1e9:.4f} GB"],
    "output layer": ["relu", "sigmoid"],
}
lines = [f"{name:36s}{tutorial:>10s}{ours:>14s}" for name, (tutorial, ours) in recap.items()]
print("\n".join([f"{'':36s}{'tutorial':>10s}{'this notebook':>14s}", *lines]))

# %% [markdown]
# - **Near-perfect copies say little** when the code is larger than the image.
# - **With 32 numbers each, convolution led** after four epochs and with the full work; with half of
#   it, the shallow dense network led. **Shuffled pixels took the lead away.**
# - **The pairs decide** what a network repairs. What the denoiser learned serves letters, too.
# - **Features need a control**: untrained maps served a classifier no worse than trained ones.
# - **A denoiser of codes makes digits that nobody wrote.**
#
# Back to [01, a simple autoencoder](01_simple.ipynb), or to [02, stacked
# autoencoders](02_stacked.ipynb).
#
# **Further reading**
#
# - A. Odena et al. (2016): Deconvolution and checkerboard artifacts.
#   [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003)
# - A. Saxe et al. (2011): On random weights and unsupervised feature learning. ICML.
# - J. Sohl-Dickstein et al. (2015): Deep unsupervised learning using nonequilibrium thermodynamics.
#   [arXiv:1503.03585](https://arxiv.org/abs/1503.03585)
# - J. Ho et al. (2020): Denoising diffusion probabilistic models.
#   [arXiv:2006.11239](https://arxiv.org/abs/2006.11239)
# - R. Rombach et al. (2022): High-resolution image synthesis with latent diffusion models.
#   [arXiv:2112.10752](https://arxiv.org/abs/2112.10752)

# %%
show_verdicts(3)
