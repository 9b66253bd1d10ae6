"""An example of a package that adds to the Cognitive Toolkit."""
