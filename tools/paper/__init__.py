"""The book on paper: what a page becomes where nothing can be opened, moved or clicked."""
