"""Sliders, choices and ends of distributions, made from what a component says of its parameters."""
