"""The language: what Arabic text is. Pure; knows nothing of news."""
