"""The weights on disk: an npz file of plain arrays, no pickle; its version is a digest of what it holds."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from services.routing.domain.linear import Floats, Linear, Weights

FILE = Path(__file__).parent / "weights.npz"


@cache
def standard() -> Linear:
    """The model that is delivered with the service."""
    return Linear(load(FILE))


def load(path: Path) -> Weights:
    """Raises OSError, and ValueError if the file holds something else."""
    with np.load(path, allow_pickle=False) as held:
        outputs = tuple(map(str, held["outputs"]))
        grams = bytes(held["grams"]).decode().split("\n")
        matrix, scale, bias = held["matrix"], held["scale"], held["bias"]
    if matrix.shape != (len(grams), len(outputs)):
        raise ValueError(
            f"{path.name}: {matrix.shape} weights for {len(grams)} grams, {len(outputs)} outputs"
        )
    return Weights(
        _version(outputs, grams, matrix, scale, bias),
        outputs,
        {gram: at for at, gram in enumerate(grams)},
        matrix,
        scale,
        bias,
    )


def save(weights: Weights, path: Path = FILE) -> None:
    """The same weights give the same bytes."""
    grams = "\n".join(sorted(weights.grams, key=weights.grams.__getitem__))
    np.savez_compressed(
        path,
        outputs=np.array(weights.outputs),
        grams=np.frombuffer(grams.encode(), np.uint8),
        matrix=weights.matrix,
        scale=weights.scale,
        bias=weights.bias,
    )


def packed(
    outputs: tuple[str, ...], grams: list[str], exact: npt.NDArray[np.float64], bias: npt.NDArray[np.float64]
) -> Weights:
    """Weights in eight bits each, an output's largest being 127. `exact`: (grams, outputs)."""
    scale = np.maximum(np.abs(exact).max(0), 1e-9) / 127
    matrix = np.rint(exact / scale).astype(np.int8)
    kept = np.flatnonzero(np.abs(matrix).max(1))
    names = [grams[at] for at in kept]
    small, bias32 = scale.astype(np.float32), np.round(bias, 5).astype(np.float32)
    version = _version(outputs, names, matrix[kept], small, bias32)
    return Weights(version, outputs, {g: at for at, g in enumerate(names)}, matrix[kept], small, bias32)


def _version(
    outputs: tuple[str, ...], grams: list[str], matrix: npt.NDArray[np.int8], scale: Floats, bias: Floats
) -> str:
    digest = hashlib.sha256("\n".join((*outputs, *grams)).encode())
    for part in (matrix, scale, bias):
        digest.update(np.ascontiguousarray(part).tobytes())
    return f"model-{digest.hexdigest()[:12]}"
