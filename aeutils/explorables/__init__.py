"""Live figures: what is moved in them is computed in the page, without a kernel.

- live.py: what each figure takes, and what of it the page needs
- models.py: a Keras model as layers that the page can run; page.py: the output that holds it all
- layers.js, pixels.js, live.js, page.js, style.css: the front end
"""
