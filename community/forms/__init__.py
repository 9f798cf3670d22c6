"""Forms: what people send, parsed and checked; errors in their words."""
