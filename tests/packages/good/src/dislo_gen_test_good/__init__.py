"""The smallest sound plugin of every kind; the broken ones are made from them."""
