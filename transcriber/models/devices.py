"""Device, compute type and batch size; torch's memory and threads. torch's ROCm build calls an AMD card "cuda" too."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread

from transcriber.errors import UnsupportedOptionError

CPU_BATCH_SIZE, MAX_BATCH_SIZE = 4, 64
"""Chunks. Larger batches are hardly faster, and take two seconds to be cancelled on the fastest card."""
SPIN_COUNT = "3000"
"""Rounds for which a waiting thread of torch spins before it sleeps."""
MAX_CHUNK_BYTES = 400 << 20
"""Memory of a chunk: the largest Whisper's keys and values take 320 MB in half precision."""


def choose(device: str) -> str:
    """ "auto" and "cuda" → "cuda" where there is a usable card, else "cpu"; "cuda:1" is that card, or the same.

    Raises UnsupportedOptionError for a card that is not there, where there are others.
    """
    if device == "cpu":
        return device
    import torch

    if not torch.cuda.is_available():
        return "cpu"
    if device in ("auto", "cuda"):
        return "cuda"
    count = torch.cuda.device_count()
    if int(device.removeprefix("cuda:")) >= count:
        cards = ", ".join(f"cuda:{number} ({torch.cuda.get_device_name(number)})" for number in range(count))
        raise UnsupportedOptionError(f"there is no graphics card {device}", f"choose {cards}, or cpu")
    return device


def kind(device: str) -> str:
    """ "cuda" or "cpu"."""
    return device.partition(":")[0]


def fastest_type(device: str) -> str:
    """The compute type in which torch is quickest on a device without losing words.

    bfloat16 where a card or a processor (AMX, AVX-512 BF16) multiplies in it; any other processor is slower in it than
    in float32.
    """
    import torch

    if kind(device) == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
    multiplies = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return "bfloat16" if multiplies else "float32"


def has_vnni() -> bool:
    """Whether the processor adds up products of 8 bits in one instruction (AVX-512 VNNI)."""
    import torch

    return torch.cpu._is_vnni_supported()


def has_quick_int8() -> bool:
    """Whether torch multiplies in 8 bits much more quickly than in float32: FBGEMM on x86, from AVX2 on."""
    import torch

    is_wide = torch.backends.cpu.get_cpu_capability().startswith("AVX")
    return is_wide and torch.backends.quantized.engine in ("x86", "fbgemm")


def batch_size(device: str) -> int:
    """How many chunks of half a minute a model gets at once: on a card, as many as its free memory has room for.

    Where that was too many, transcriber.engines.fallback goes on with fewer.
    """
    if device == "cpu":
        return CPU_BATCH_SIZE
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    free += torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # what torch keeps for itself
    return min(MAX_BATCH_SIZE, max(CPU_BATCH_SIZE, free // MAX_CHUNK_BYTES))


@contextmanager
def torch_threads(count: int | None = None) -> Iterator[None]:
    """Run the block with `count` threads of torch, None: as many as now; afterwards their number is as before."""
    import torch

    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


_one_thread_lock = Lock()


def use_one_thread() -> None:
    """What the calling thread computes with torch is computed in it alone from now on; nothing changes for others.

    torch.set_num_threads() is for the thread that calls it and for all that compute with torch for the first time
    afterwards (ATen/ParallelOpenMP.cpp). So that these get the number that there was, another thread sets it again.
    """
    import torch

    with _one_thread_lock:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        restoring = Thread(target=torch.set_num_threads, args=(before,))
        restoring.start()
        restoring.join()


def use_expandable_segments() -> None:
    """Before torch is imported: a card's memory is taken in segments that grow, so that free pieces fit together again.

    PYTORCH_ALLOC_CONF: https://docs.pytorch.org/docs/stable/notes/cuda.html. What the user has set stays.
    """
    if sys.platform == "linux":
        os.environ.setdefault("PYTORCH_ALLOC_CONF", "expandable_segments:True")


def limit_thread_spinning() -> None:
    """Before torch is imported: its threads sleep soon when they wait for one another, beside other busy programs.

    GNU OpenMP's threads spin until they may go on (GOMP_SPINCOUNT, https://gcc.gnu.org/onlinedocs/libgomp). Where other
    programs need the processor, one spins while the thread that it waits for is not running: transcribing gets six
    times slower beside one busy program. benchmarks/under_load.py compares. What the user has set stays.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
