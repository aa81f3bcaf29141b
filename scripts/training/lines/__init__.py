"""What the line reader learns from and how: lines that are drawn, its network, its training. Knows no live reader."""
