"""Model files: refused where they are damaged or hostile, before any library sees them; read where they lie."""
