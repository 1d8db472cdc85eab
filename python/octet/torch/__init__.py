"""Quantized models of torch."""
