"""What we let a checkpoint name is a part of what torch lets it."""

import pickle

import torch
from torch import _weights_only_unpickler

from transcriber.frozen import pickles


def test_names() -> None:
    allowed = [
        name for name in _weights_only_unpickler._get_allowed_globals() if pickles.ALLOWED_GLOBALS.fullmatch(name)
    ]
    assert len(allowed) > 25
    assert {"collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch.BFloat16Storage"} <= set(allowed)
    assert {str(dtype) for dtype in (torch.float32, torch.bfloat16, torch.int64, torch.bool)} <= set(allowed)


def test_instructions() -> None:
    known = [code for code in vars(_weights_only_unpickler).values() if isinstance(code, bytes)]
    assert {getattr(pickle, name) for name in pickles.ALLOWED_INSTRUCTIONS} <= set(known)
