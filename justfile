# One word for each check. `uv run --group dev just` lists them; `just` alone works where it is installed.

set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

uv := "uv run --group dev"

# list what there is
default:
    @{{ uv }} just --list

# lint, format and types: what must hold before a commit
check: lint types

# lint, and whether the format is right
lint:
    {{ uv }} ruff check .
    {{ uv }} ruff format --check .

# types, strictly
types:
    {{ uv }} mypy

# mend what can be mended by itself
fix:
    {{ uv }} ruff check --fix .
    {{ uv }} ruff format .

# the tests that need nothing but Python, in under a minute
quick *arguments:
    {{ uv }} pytest -m "not slow" {{ arguments }}

# all tests
test *arguments:
    {{ uv }} pytest {{ arguments }}

# all tests, and which lines and branches they leave out
cover *arguments:
    {{ uv }} pytest --cov {{ arguments }}

# the figures that the README states
bench *names:
    {{ uv }} python -m benchmarks {{ names }}

# the table of the settings in docs/
settings:
    {{ uv }} python .ci/settings_table.py

# pin everything that is installed to its newest version
pin:
    {{ uv }} python .ci/pin.py
