"""The command line by families of commands; `cli.py` gathers them."""
