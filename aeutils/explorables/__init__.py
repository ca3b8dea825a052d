"""Live figures: what is moved in them is computed in the page, without a kernel.

- autoencoders.py: a trained network, moved by sliders, a pointer or a drawing
- diffusion.py: from noise to a digit that nobody wrote
- confusions.py, filters.py: a classifier's mistakes, the filters of a convolution
- replay.py: a training, snapshot by snapshot; imports Keras, so it is not imported here
- models.py: a Keras model as a list of layers that the page can run
- page.py: the one output that holds all of it
- layers.js, pixels.js, live.js, page.js, style.css: the front end
"""
