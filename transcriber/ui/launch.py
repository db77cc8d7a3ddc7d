"""Serve the page: bind the port, start the engine process, mount Gradio on our own application."""

import os
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from transcriber.configurations import Configurations
from transcriber.data_folder import DataFolder
from transcriber.database import Database
from transcriber.dispatcher import Dispatcher
from transcriber.engine_client import EngineClient
from transcriber.errors import StorageError
from transcriber.jobs import Jobs
from transcriber.offline import refuse_egress
from transcriber.results import Results
from transcriber.setting_up import PROGRAM, SettingUp
from transcriber.store import ModelStore
from transcriber.ui import quick_import

FIRST_PORT, PORTS_TRIED = 7860, 20


def launch(  # noqa: PLR0913, PLR0917  (what can be chosen on the command line)
    models_dir: Path,
    data_dir: Path,
    port: int | None,
    device: str,
    open_browser: bool,
    unload_after: float | None = None,
) -> None:
    """Serve until the process is ended. `port` None: 7860 or the next free one; 0: any free one.

    `unload_after`: seconds without work after which the models leave the memory.
    """
    refuse_egress()
    folder = DataFolder(data_dir)
    try:
        folder.open()
        database = Database(folder.database)
        jobs = Jobs(database, folder)
        jobs.recover()
        store = ModelStore(models_dir)
        configurations = Configurations(database, store, device)
    except StorageError as error:
        sys.exit(f"error: {error}")
    listener = _listen(port)
    engine = EngineClient(models_dir, folder.log, unload_after)
    dispatcher = Dispatcher(jobs, Results(database, folder, jobs), engine, store)
    setting_up = SettingUp(PROGRAM, models_dir, folder.setup_log)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _serve(listener, dispatcher, configurations, setting_up, folder, open_browser)
    except KeyboardInterrupt:
        print("Transcribe has ended.")
    finally:
        setting_up.close()
        engine.close()


def _listen(port: int | None) -> socket.socket:
    """A bound socket on loopback: the browser may come while the page is still being built."""
    candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in candidates:
        listener = socket.socket()
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(128)
            return listener
        except OSError:
            listener.close()
    sys.exit(f"error: port {port or FIRST_PORT} is in use; choose another with --port, or --port 0 for any free one")


def _serve(  # noqa: PLR0913, PLR0917  (all that there is, joined here)
    listener: socket.socket,
    dispatcher: Dispatcher,
    configurations: Configurations,
    setting_up: SettingUp,
    folder: DataFolder,
    open_browser: bool,
) -> None:
    os.environ["GRADIO_TEMP_DIR"] = str(folder.temporary)
    quick_import.install()
    import gradio
    import uvicorn
    from starlette.routing import Mount

    from transcriber.guard import PageOnly
    from transcriber.server import create_app
    from transcriber.ui.page import HEAD, THEME, build

    port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    app = create_app(dispatcher, configurations, setting_up)
    page = build(dispatcher.store)
    page.queue(api_open=False)
    page._queue.sleep_when_free = 0.05  # its default of 1 ms keeps an idle server at 5 % of a core
    gradio.mount_gradio_app(
        app,
        page,
        path="/",
        server_name="127.0.0.1",
        server_port=port,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        theme=THEME,
        head=HEAD,
        app_kwargs={"openapi_url": None},
    )
    (mount,) = (route for route in app.routes if isinstance(route, Mount) and route.path == "")
    mount.app = PageOnly(mount.app)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            print(f"Transcribe is running at {address}", flush=True)
            folder.publish(address)
            usual = configurations.options(configurations.active())
            threading.Thread(target=dispatcher.start, args=(usual,), daemon=True).start()
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)).run(sockets=[listener])
