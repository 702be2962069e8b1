"""From listed files to cases: which are accepted, what their headers say, pseudonyms."""
