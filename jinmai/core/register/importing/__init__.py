"""Imports: a file is checked as a whole, reported cell by cell, and written only after somebody decided."""
