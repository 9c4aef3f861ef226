"""A second, small telling of the rules of a meeting, written from their text and from nothing else.

Dictionaries, strings and whole numbers: moments are microseconds since any day one likes, credits hundredths,
percentages hundredths of a percent. It imports nothing of the product, so that the two can be held against each other.
"""
