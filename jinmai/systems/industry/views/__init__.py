"""The pages of the industry system, one module for each subject."""
