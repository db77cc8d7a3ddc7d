"""setup_local_models.py with other rows in its catalogue, as a program of its own:

    python -m tests.support.small_set_up ROWS.json [options of setup_local_models.py]

ROWS.json: name → {"revision": …, "files": [[name, size, sha256], …]}.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import setup_local_models
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec, PublishedFile


def write_rows(path: Path, *specs: ModelSpec) -> Path:
    rows = {
        spec.name: {"revision": spec.revision, "files": [[f.name, f.size, f.sha256] for f in spec.files]}
        for spec in specs
    }
    path.write_text(json.dumps(rows))
    return path


def main() -> int:
    for name, row in json.loads(Path(sys.argv[1]).read_text()).items():
        files = tuple(PublishedFile(*file) for file in row["files"])
        spec = replace(catalog.find(name), revision=row["revision"], files=files)
        catalog.MODELS[name] = spec
        catalog._BY_ALIAS.update(dict.fromkeys((name, *spec.aliases), spec))
    return setup_local_models.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
