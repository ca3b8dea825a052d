"""Notebook 2, the exercises on models: one that freezes layers, two that train."""

import numpy as np

from aeutils.data import load_mnist, to_vectors
from aeutils.exercises.kit import as_array, as_number, call, coders, decode, require


def freeze(rng, answer, learning):
    """2.2: let the last layers learn and hold the others; how many parameters learn."""
    import keras  # only here: its import takes seconds

    x, y = rng.normal(size=(32, 6)).astype("float32"), np.eye(3, dtype="float32")[np.arange(32) % 3]
    depth = int(rng.integers(4, 6))  # the notebook has three
    hidden = [keras.layers.Dense(int(n), "tanh") for n in rng.integers(4, 8, depth - 1)]
    hidden.insert(int(rng.integers(1, depth)), keras.layers.Dropout(0))  # it counts as a layer
    network = keras.Sequential([keras.Input((6,)), *hidden, keras.layers.Dense(3, "softmax")])
    # Weights of our own: nothing is saturated, so every layer has a gradient.
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    network.compile("sgd", "mse")  # not the loss that is asked for
    network.train_on_batch(x, y)  # from here on, a frozen layer needs a new compile
    for free in (1, depth, 2, depth + 1):
        _freeze(answer, network, free, x, y)
    require(learning is not ..., "The function is right. Now the number of parameters that learn.")
    number = as_number(learning, "the number of parameters")
    last = "Only the weights and the biases of the last layer learn."
    require(number == 650, f"Received {number} parameters. {last}")
    return "The frozen layers still pass the signal on; they only get no update."


def _moved(layers, before):
    now = [layer.get_weights() for layer in layers]
    return [not all(map(np.array_equal, *pair)) for pair in zip(before, now, strict=True)]


def _freeze(answer, network, free, x, y):
    """Call the answer once, and look at every property that it promises."""
    layers, n = list(network.layers), len(network.layers)
    before, answers = [layer.get_weights() for layer in layers], np.asarray(network(x))
    # On hard labels other losses have the same value; the least likely ones are far from even.
    soft = 0.8 * np.eye(3)[answers.argmin(axis=1)] + 0.2 / 3
    same = call(answer, network, free) is network
    require(same, "Expected the network itself that was handed in, no copy and nothing else.")
    require(network.layers == layers, "The network no longer has the layers that it had.")
    wanted, weighty = [i >= n - free for i in range(n)], [bool(part) for part in before]
    told = [network.trainable and layer.trainable for layer in layers]
    found = f"With free={free} trainable is {told}, expected {wanted}"
    require(any(told), f"{found}: nothing learns. Is the whole network frozen?")
    wrong = [t - w for t, w, matters in zip(told, wanted, weighty, strict=True) if matters]
    require(1 not in wrong, f"{found}: only the last layers learn.")
    held = f"All of the last {free} learn. A layer that was frozen before is freed by its own "
    held += "trainable, not by the network's."
    require(not any(wrong), f"{found}. {held}")
    changed = not np.allclose(network(x), answers, atol=1e-5)
    require(not changed, "The network no longer answers as it did. Leave its layers as they are.")
    require(network.compiled, "The network is not compiled.")
    entropy = -(soft * np.log(answers)).sum(axis=1).mean()
    try:
        loss = float(network.compute_loss(x=x, y=soft, y_pred=answers))
    except Exception:  # some losses want other labels
        loss = np.nan
    good = f'Its loss is {loss:.4f}, where "categorical_crossentropy" is {entropy:.4f}. '
    stale = "Keras reads trainable when the training step is made: compile after setting it."
    right = 'Compile with "categorical_crossentropy", after setting trainable.'
    require(np.isclose(loss, entropy, rtol=1e-3), good + right)
    if network.train_function is None:  # it is made when training starts, and so is up to date
        network.run_eagerly = True  # the same, without the time that tracing takes
    call(network.train_on_batch, x, y)
    found, wanted = _moved(layers, before), [*map(all, zip(wanted, weighty, strict=True))]
    stale = stale if any(found) else f"{stale} And a learning rate of 0 moves nothing."
    require(
        found == wanted, f"With free={free} {found} moved in training, expected {wanted}. {stale}"
    )


def _kept(fresh, back):
    return 1 - float(np.mean((fresh - np.asarray(back)) ** 2) / np.var(fresh, axis=0).mean())


def _oversized(encoder, decoder, fresh):
    """Yield the names of biases that would do better at a third of their size.

    Only calls are used: the decoder's bias is what it makes of zeros; the encoder's is where the
    straight line of each unit, seen far away from 0, meets it.
    """
    code = np.asarray(encoder(fresh))
    back, bias = np.asarray(decoder(code)), np.asarray(decoder(0 * code[:1]))
    if _kept(fresh, back - 0.65 * bias) > _kept(fresh, back) + 1e-4:
        yield "decoder's bias, which is added after the kernel and stays as it was"
    far, further = (np.asarray(encoder(k * fresh)) for k in (8, 16))
    on = (far > 0) & (further > 0)
    bias = np.ma.median(np.ma.array(2 * far - further, mask=~on), axis=0).filled(0)
    lines = ((further - far) / 8 + k * bias for k in (1, 0.35))
    whole, less = (np.where(on, np.maximum(line, 0), code) for line in lines)
    better = _kept(fresh, decoder(less)) > _kept(fresh, back) + 1e-4
    if better and np.allclose(whole, code, atol=0.02):
        yield "encoder's bias, which is divided like its kernel"


def add_layer(rng, answer):
    """2.5: a ReLU autoencoder on codes, rescaled. It is judged by calling what is returned."""
    width, units = int(rng.integers(36, 44)), int(rng.integers(14, 19))
    # Codes that are large and often 0, so that kernels, biases and the spread all matter.
    factors = rng.normal(size=(21_000, 4)) @ rng.normal(size=(4, width))
    codes, fresh = np.split(np.maximum(4 * factors - 6, 0).astype("float32"), [20_000])
    encoder, decoder = coders(call(answer, codes, units))
    code = as_array(call(encoder, fresh), (1000, units), "the new code")
    back = decode(rng, decoder, code, (1000, width))
    require(code.min() >= 0, f"The new code goes down to {code.min():.2f}: give it a ReLU.")
    limited = 0.9 < abs(back).max() <= 1
    require(not limited, "The decoder's answers end at 1, but codes have no upper limit.")
    spread, direct = float(code.std()), _kept(fresh, back)
    measured = f"On fresh codes the spread of the new code is {spread:.2f}, and encoder and "
    measured += f"decoder keep {max(direct, 0):.0%} of the variance"
    other = max(_kept(fresh, decoder(code * k)) for k in np.geomspace(0.05, 20, 60))
    size = f"{measured}, though {other:.0%} when the code has another size. Multiply the decoder's "
    require(direct > 0.7 or other < 0.7, f"{size}kernel by what you divided the encoder by.")
    bias = next(_oversized(encoder, decoder, fresh), None)
    require(bias is None, f"{measured}. But something was scaled the wrong way: the {bias}.")
    train = "Train both together, codes as input and as target, for about six epochs."
    require(direct > 0.7, f"{measured}, expected over 70 %. {train}")
    divide = "divide the encoder's kernel and its bias by the spread of its code."
    require(0.8 < spread < 1.25, f"{measured}. Good, but the spread should be 1: {divide}")
    return f"{measured}. It can be stacked as often as you like: each call needs only codes."


def learn_from_few(rng, answer):
    """2.6: a network trained on 1,000 images, turned over, whose labels are dealt out anew."""
    (images, digits), (test_images, test_digits) = load_mnist()
    axes = ((1,), (2,), (1, 2))[rng.integers(3)]  # what other images teach is of no use
    x, test_x = (to_vectors(np.flip(part, axes)) for part in (images[:1000], test_images))
    names = np.arange(10)
    while (names == np.arange(10)).any():
        names = rng.permutation(10)
    network = call(answer, x, names[digits[:1000]])
    require(callable(network), "Expected a trained network, which can be called with images.")
    answers = (as_array(call(network, x), (1000, 10), "its output") for x in np.split(test_x, 10))
    named = np.concatenate(list(answers)).argmax(axis=1)
    accuracy, true = np.mean(named == names[test_digits]), np.mean(named == test_digits)
    measured = f"With the images and labels given to it your network gets {accuracy:.2%} of the "
    measured += "test digits"
    other = f"{true:.0%} by labels that it was not given: the check deals them out anew"
    require(true < 0.5, f"{measured}, but {other}. Train on the arguments only, not on y_train.")
    mixed = "or images and labels no longer belong together. Whole sets go with np.tile(labels, n)."
    require(accuracy > 0.5, f"{measured}: it was not trained on these, {mixed}")
    more = "Show each image moved a little, and let the rate fall."
    require(accuracy >= 0.92, f"{measured}, expected 92 %. {more}")
    return f"{measured}. Moved copies need no label, and did more here than pretraining did."
