"""TIFF, in its many kinds."""
