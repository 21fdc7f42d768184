"""What the world is told: scenario files, sourced facts, their schema, composition and draws."""
