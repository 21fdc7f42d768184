"""Many runs: ensembles and what is made of them."""
