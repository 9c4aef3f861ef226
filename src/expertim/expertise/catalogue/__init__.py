"""The catalogue file: Expertises, reasons, people, experts and services in one YAML document.

`reading` makes rows of a file or names every fault with its line, `applying` puts rows into the database,
`dumping` reads them back.
"""
