"""Live figures: what is moved in them is computed in the page, without a kernel.

- live.py: what each figure takes, and what of it the page needs
- models.py: a Keras model as a list of layers that the page can run
- page.py: the one output that holds all of it
- layers.js, pixels.js, live.js, page.js, style.css: the front end
"""
