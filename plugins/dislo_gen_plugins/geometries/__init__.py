"""Built-in geometries."""
