"""The lenses that ship (JSON files beside this), and what reads and checks a lens file.

`schema` holds the file's keys and the rules for their values, `model` the pydantic reading of a file from outside,
`typos` the robust look at a scale that names a mistyped mark. None of them knows LensMap; `followfocus.lens` uses them.
"""
