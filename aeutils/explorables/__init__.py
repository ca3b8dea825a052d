"""Live controls that run in the page, without a kernel.

- controls.py: a trained autoencoder or classifier under one's hands
- comparisons.py: confusions, neighbours, filters
- replay.py: a training to scrub through; imports Keras, so it is not imported here
- models.py: a Keras model as a list of layers that the page can run
- page.py: the one output that holds all of it
- layers.js, pixels.js, controls.js, page.js, style.css: the front end
"""
