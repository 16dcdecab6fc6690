"""The judgement: the nouns of the field and every decision about them. Pure: no clock, no file, no socket, no SQL."""
