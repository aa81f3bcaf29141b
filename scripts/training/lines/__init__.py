"""Lines drawn as people write them: digits, signs, letters, pens, grounds. Knows no live reader."""
