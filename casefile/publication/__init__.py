"""What leaves the site: the book as EPUB and PDF, a page in one file, a site put up on a host and looked at from outside."""
