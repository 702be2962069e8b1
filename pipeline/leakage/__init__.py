"""Looking for copies of an image, and for one person under several names."""
