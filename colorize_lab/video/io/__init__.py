"""Films in and out of files: probing, decoding, encoding and muxing."""
