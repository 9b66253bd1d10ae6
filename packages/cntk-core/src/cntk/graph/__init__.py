"""The graph: what a network is. Variables, nodes, composites; structure only."""
