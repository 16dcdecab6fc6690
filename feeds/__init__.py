"""The wire: what a feed looks like outside, coming in (fetch, parse) and going out (render, publish)."""
