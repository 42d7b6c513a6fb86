"""Find: lines in pictures of a microscope."""
