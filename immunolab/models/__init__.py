"""The models, one file a topic.  A model file knows :mod:`immunolab.kinds` and NumPy only."""
