"""Communities that are made up, of which everything is known: also what people would have done without them.

Pure: a seed in, facts and the truth out. What estimates the truth from the facts alone (support/deflection/,
support/statistics.py) can thus be held against it.
"""
