"""Average the weights of runs that went on from one another: as good as the best of them, and steadier.

    python -m tools.demo_training.average OUT.nemo MODEL.nemo MODEL.nemo … [--blank 1]

Wortsman et al., "Model soups" (2022).
"""

import argparse
from pathlib import Path

import torch

from tools.demo_training.training import quiet_nemo, save_half


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--blank", type=float, default=0, help="what to add to a Parakeet's score for writing nothing")
    args = parser.parse_args()
    quiet_nemo()
    from nemo.collections.asr.models import ASRModel

    models = [ASRModel.restore_from(str(source), map_location="cpu") for source in args.sources]
    states = [model.state_dict() for model in models]
    for name, value in states[0].items():
        if value.is_floating_point():
            value.copy_(torch.stack([state[name] for state in states]).mean(0))
    if args.blank:
        models[0].joint.joint_net[-1].bias.data[models[0].decoder.blank_idx] += args.blank
    save_half(models[0], args.target)


if __name__ == "__main__":
    main()
