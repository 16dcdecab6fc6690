"""The bundled newsroom: invented outlets with real life's traps, and a tour of the whole pipeline over them."""
