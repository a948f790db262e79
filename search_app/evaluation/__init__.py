"""How good and how fast the answers are; loaded only when asked for."""
