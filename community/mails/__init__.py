"""Every mail in the brand's look: what a letter is made of, which kinds there are, and how they are sent."""
