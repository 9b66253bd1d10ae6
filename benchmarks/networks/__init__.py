"""Whole networks, ours beside PyTorch's: ``compare`` is the program.

Each side is a process of its own (``cntk_side``, ``torch_side``) that runs steps of one workload
when it is told to (``side``). A workload is a function that returns a step: a function of a number.
"""
