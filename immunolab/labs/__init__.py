"""The labs of the book: each a function that returns an explorable, one file a chapter.

A lab takes a model, so a class can hand it a changed one: ``the_brake(virtual_tumour.replace(...))``.
"""
