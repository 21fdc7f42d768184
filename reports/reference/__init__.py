"""Reference pages and schemas, generated from the model."""
