"""Keeps results of earlier builds by the key of everything they were made from. Deleting it costs time only."""
