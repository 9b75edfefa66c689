"""Keeps results of earlier builds by the key of everything they were made from. Deleting it costs time only.

One rule holds for the whole program: a result is valid if and only if its key is equal. A key is the digest of
everything that the result was made from, so nothing is ever invalidated. ``memo.Memo`` is the interface;
``store.Store`` is the file below it; ``file_index.FileIndex`` says which files are unchanged on disk.
"""
