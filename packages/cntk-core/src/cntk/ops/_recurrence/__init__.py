"""Stacks of recurrent layers in one operator."""
