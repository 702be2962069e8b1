"""End-to-end training of a backbone by the seed study's protocol."""
