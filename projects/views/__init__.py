"""The pages about projects, by what they are about."""
