"""Community records what people did: questions, answers, solutions, thanks. No word about tickets."""
