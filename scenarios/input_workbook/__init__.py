"""The input workbook: a scenario that is filled in with a spreadsheet instead of written as TOML.

A row is an entry: its key as in TOML, what the county that is extended has, and a cell for the
planner's own value; an empty cell leaves the entry as it is. Sheets of figures, projects and past
practice are tables like the csv files. ``entries`` says what can be entered, ``writing`` writes
the form, ``reading`` turns it into the document that a TOML file would have been.
"""
