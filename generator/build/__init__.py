"""Runs the pipeline: scan, load, cluster, plan, render, publish, remember."""
