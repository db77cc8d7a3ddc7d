"""The page's structure. What moves on it is static/page.js, which talks to the routes in server/routes/."""

import gradio as gr

from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.models.store import ModelStore
from transcriber.ui import api, texts

THEME = gr.themes.Default(
    primary_hue="blue",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
).set(
    # The default theme's subdued texts have too little contrast.
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    input_placeholder_color="*neutral_600",
    input_placeholder_color_dark="*neutral_300",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
)
HEAD = (
    '<link rel="stylesheet" href="/page/page.css"><script type="module" src="/page/page.js"></script>'
    '<link rel="icon" type="image/svg+xml" href="/page/icon.svg">'
)

CACHE_SECONDS = (600, 3600)
"""Each ten minutes, what gradio_client sent more than an hour ago."""


def build(dispatcher: Dispatcher, configurations: Configurations) -> gr.Blocks:
    """The page, and the functions that programs can call."""
    store = dispatcher.store
    with gr.Blocks(title="Transcribe", fill_width=True, analytics_enabled=False, delete_cache=CACHE_SECONDS) as page:
        if store.is_demo():
            gr.HTML(texts.DEMO_BANNER, apply_default_css=False)
        gr.Markdown(texts.HEADER)
        gr.HTML("<better-models></better-models>", apply_default_css=False)
        with gr.Tab("Transcribe"):
            with gr.Row():
                with gr.Column(scale=2, min_width=320):
                    _sources()
                with gr.Column(scale=3, min_width=320):
                    gr.HTML("<transcript-view></transcript-view>", apply_default_css=False)
            _information(store)
        with gr.Tab("Models"):
            gr.Markdown(texts.CONFIGURATIONS)
            gr.HTML("<configuration-list></configuration-list>", apply_default_css=False)
            gr.HTML("<new-configuration></new-configuration>", apply_default_css=False)
            gr.Markdown(texts.MODELS)
            gr.HTML("<model-list></model-list>", apply_default_css=False)
        api.add(dispatcher, configurations)
    return page


def _sources() -> None:
    gr.HTML("<recording-sources></recording-sources>", apply_default_css=False)
    path = gr.Textbox(
        label="Path on this computer",
        placeholder="/home/me/interview.mp4",
        max_lines=1,
        info="Instead of dropping a file: it is read where it lies.",
    )
    gr.HTML("<model-choice></model-choice>", apply_default_css=False)
    gr.HTML("<transcribe-options></transcribe-options>", apply_default_css=False)
    start = gr.Button("Transcribe", variant="primary", size="lg")
    script = "(path) => window.transcribe.start(path)"
    gr.on([start.click, path.submit], None, path, path, js=script, api_visibility="private")
    gr.HTML("<job-list></job-list>", apply_default_css=False)


def _information(store: ModelStore) -> None:
    with gr.Accordion("How to use", open=False):
        gr.Markdown(texts.HOW_TO_USE)
    with gr.Accordion("Privacy & performance", open=False):
        gr.Markdown(texts.PRIVACY)
        gr.HTML("<offline-proof></offline-proof>", apply_default_css=False)
    with gr.Accordion("Saving", open=False):
        gr.HTML("<saved-formats></saved-formats>", apply_default_css=False)
    with gr.Accordion("Voices", open=False):
        gr.HTML("<remembered-voices></remembered-voices>", apply_default_css=False)
    with gr.Accordion("Model information", open=False):
        gr.Markdown(texts.model_information(store))
