"""From a file to grey pixels: decoding, the grey-scale pipeline, one size, one store."""
