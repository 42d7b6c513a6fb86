"""Make: pictures that follow sliders."""
