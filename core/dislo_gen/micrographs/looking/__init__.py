"""From a frame's values to what is looked at: margins found, grey values stretched."""
