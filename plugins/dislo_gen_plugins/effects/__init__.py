"""Built-in effects: what a microscope, a specimen and a camera do to a picture."""
