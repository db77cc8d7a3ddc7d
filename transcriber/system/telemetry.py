"""What keeps other people's libraries from reporting to their makers: docs/silent.md has them one by one."""

import os

SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "WANDB_MODE": "disabled",
    "WANDB_ERROR_REPORTING": "false",
    "OTEL_SDK_DISABLED": "true",
    "DO_NOT_TRACK": "1",
}
"""Environment that they read when they are imported."""


def silence() -> None:
    """Set it, whatever is set: nobody who uses this program has asked for reports."""
    os.environ.update(SILENT)
