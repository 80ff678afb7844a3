"""What `make` calls: finding a browser, building the book, serving it. Standard library only."""
