"""How long answers take, beside other tools, on this machine."""
