#!/usr/bin/env bash
# Makes .venv with everything pinned by uv.lock: by uv if it is there, else by pip, which fetches uv first.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)

if command -v uv >/dev/null; then
    uv=uv
elif "$python" -m pip --version >/dev/null 2>&1; then
    # Into a folder of the project: the system's packages are not ours to change (PEP 668).
    "$python" -m pip install --quiet --disable-pip-version-check --upgrade --target .tools uv
    uv=.tools/bin/uv
elif "$python" -c "import ensurepip" 2>/dev/null; then
    "$python" -m venv .tools
    .tools/bin/python -m pip install --quiet --disable-pip-version-check uv
    uv=.tools/bin/uv
else
    echo "Needed: uv, or pip, or python3-venv. On Debian and Ubuntu: apt-get install python3-pip" >&2
    exit 1
fi
"$uv" sync --frozen --quiet --python "$python"
