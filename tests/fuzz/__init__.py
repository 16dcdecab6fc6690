"""Laws that hold for any bytes, and who looks for bytes that break them: atheris (``make fuzz``) and hypothesis."""
