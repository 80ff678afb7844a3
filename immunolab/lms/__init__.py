"""Questions as files for a learning platform, and as cards.

``question`` says what a question is, whatever it came from; ``practice`` makes one of an item of
the question bank, ``immunolab.graded`` draws others from the models.  Each format has a module.
"""
