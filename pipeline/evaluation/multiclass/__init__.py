"""The evaluation of more than two classes: each against the rest, and all together."""
