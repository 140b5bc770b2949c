"""Makes the pages, tables and diagrams of ``docs`` from the model and its tables."""
