"""Sheets of every kind, drawn with what stands where: numbers, writing, print, tables, forms, surroundings. Knows no reader."""
