"""Programs that train the small models in demo_models/; see its README for the recipe and the figures."""
