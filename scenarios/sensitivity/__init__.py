"""Which uncertain numbers matter: for what a plan brings, and for which plan is best."""
