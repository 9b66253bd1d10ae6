"""Public in CNTK 2.7: scripts and tutorials import ``cntk.tests.test_utils``."""
