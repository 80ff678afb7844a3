"""What `make` calls: finding a browser, building the book, serving, packing and printing it."""
