"""What drives an answer: indices, screening, discovery."""
