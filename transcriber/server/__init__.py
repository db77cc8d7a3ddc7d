"""The web application: HTTP routes, guard, uploads."""
