"""What is made of the history before a date: form, zones, factors and the feature store. No captures are read here."""
