"""The models: one module each, the same four names in every one (see rfm.py)."""
