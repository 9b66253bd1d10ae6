"""The declaration of operators: signatures, rules, and how files name them."""
