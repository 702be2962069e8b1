"""Families of networks: how each is built, cut off before its classifier and given weights."""
