"""Chat models: how they are built from settings, asked, and held to a shape."""
