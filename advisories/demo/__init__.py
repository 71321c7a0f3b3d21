"""The demonstration: a fictional WARP, its people and what they say. Everything here is made up."""
