"""The window: what people and feed readers see over HTTP."""
