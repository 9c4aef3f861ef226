"""The rules, pair by pair, in the order of a meeting's life; `lifecycle.TABLE` puts them together. Pure."""
