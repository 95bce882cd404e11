#!/usr/bin/env python3
"""Compares the committed vectors of AWSAuthTests with what the installed botocore says.

Run it in a virtual environment with botocore. With --write the vectors are written anew.
Exit: 0 where all are equal, 1 where one differs.
"""

import json
import pathlib
import sys

import botocore
import endpoint_vectors
import ini_vectors
import sigv4_vectors

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "AWSAuthTests" / "Vectors"
SETS = {"sigv4": sigv4_vectors, "ini": ini_vectors, "endpoints": endpoint_vectors}


def text(vectors):
    lines = ",\n".join(json.dumps(vector, sort_keys=True, ensure_ascii=True) for vector in vectors)
    return f"[\n{lines}\n]\n"


def main():
    write = sys.argv[1:] == ["--write"]
    failures = 0
    for name, module in SETS.items():
        path = FOLDER / f"{name}.json"
        vectors = module.vectors()
        fresh = text(vectors)
        if write:
            path.write_text(fresh)
        is_equal = path.exists() and path.read_text() == fresh
        failures += not is_equal
        print(f"{name}: {len(vectors)} vectors of botocore {botocore.__version__}: {'equal' if is_equal else 'DIFFERENT'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
