"""Chinese text: cleaning, clauses, polarity, aspects, phrases and repeats. Nothing here knows a table or a page."""
