"""What a crew keeps of a production: lenses, marks, cues, slates, and the file that holds them."""
