"""JSON Schemas of every file that dislo-gen reads or writes."""
