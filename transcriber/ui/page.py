"""The page that Gradio mounts: nothing but the functions for programs. What a person sees is static/page.js, which puts
itself in its place and talks to the routes in server/routes/."""

import gradio as gr

from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.ui import api

THEME = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
CACHE_SECONDS = (600, 3600)
"""Each ten minutes, what gradio_client sent more than an hour ago."""


def build(dispatcher: Dispatcher, configurations: Configurations) -> gr.Blocks:
    """The page, and the functions that programs can call."""
    with gr.Blocks(title="Transcribe", analytics_enabled=False, delete_cache=CACHE_SECONDS) as page:
        gr.HTML("<noscript>This page needs JavaScript.</noscript>", apply_default_css=False)
        api.add(dispatcher, configurations)
    return page
