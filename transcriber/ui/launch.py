"""Serve the page and the routes: bind the port, start the engine process, mount Gradio on our own application."""

import asyncio
import errno
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from transcriber.errors import StorageError
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.patches import gradio_import, gradio_queue
from transcriber.server.serving import LOOPBACK, Serving, usual_data_dir
from transcriber.server.setup_process import PROGRAM, SetupQueue
from transcriber.system.offline import refuse_egress
from transcriber.worker.client import EngineClient

if TYPE_CHECKING:
    from fastapi import FastAPI

FIRST_PORT, PORTS_TRIED = 7860, 20
PROTOCOLS: dict[str, Any] = {
    "http": "h11",
    "loop": "asyncio",
    "ws": "websockets-sansio",
    "ws_max_size": 22_000_000,  # OpenAI's most of sound in a message, 15 MiB, in base64
    "ws_per_message_deflate": False,
}
"""Options of uvicorn, which by default takes what it finds installed."""
OPEN_MESSAGE = """Programs, also on other computers: {urls} with the token {token}
Whoever has it can have recordings transcribed here, and reaches nothing else. Nothing is encrypted on the way.
The page is for this computer alone: {page}"""


def launch(serving: Serving) -> None:
    """Serve until the process is ended."""
    refuse_egress()
    try:
        folder = DataFolder(serving.data_dir or usual_data_dir())
        folder.open()
        database = Database(folder.database)
        jobs = Jobs(database, folder)
        jobs.recover()
        store = ModelStore(serving.models_dir)
        configurations = Configurations(database, store, serving.device)
    except StorageError as error:
        sys.exit(f"error: {error}")
    listeners = [_listen(serving.host, serving.port)]
    if serving.is_open:
        listeners.append(_listen(LOOPBACK, None, besides=listeners[0].getsockname()[1]))
    engine = EngineClient(serving.models_dir, folder.log, serving.unload_after, folder.remembered_voices)
    dispatcher = Dispatcher(jobs, Results(database, folder, jobs), engine, store)
    setups = SetupQueue(PROGRAM, serving.models_dir, folder.setup_log)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _serve(listeners, dispatcher, configurations, setups, serving)
    except KeyboardInterrupt:
        print("Transcribe has ended.")
    finally:
        setups.close()
        engine.close()


def _listen(host: str, port: int | None, besides: int | None = None) -> socket.socket:
    """A bound socket, at another port than `besides`: the browser may come while the page is still being built."""
    is_6 = ip_address(host).version == 6
    family = socket.AF_INET6 if is_6 else socket.AF_INET
    candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in (number for number in candidates if number != besides):
        try:
            listener = socket.create_server((host, candidate), family=family, backlog=128, dualstack_ipv6=is_6)
            # asyncio does so itself only where the socket names its protocol, which create_server() leaves out; an
            # answer's second packet would wait 40 ms for the browser to acknowledge the first
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            return listener
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                sys.exit(f"error: this computer has no address “{host}”; choose one of its own, or 0.0.0.0 for all")
    sys.exit(f"error: port {port or FIRST_PORT} is in use; choose another with --port, or --port 0 for any free one")


def _addresses(host: str) -> list[str]:
    """Where other computers find this one."""
    import psutil

    if not ip_address(host).is_unspecified:
        return [host]
    interfaces = [address for addresses in psutil.net_if_addrs().values() for address in addresses]
    listed = [address.address for address in interfaces if address.family == socket.AF_INET]
    return [address for address in listed if not ip_address(address).is_loopback]


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _serve(
    listeners: list[socket.socket],
    dispatcher: Dispatcher,
    configurations: Configurations,
    setups: SetupQueue,
    serving: Serving,
) -> None:
    folder = dispatcher.jobs.folder
    os.environ["GRADIO_TEMP_DIR"] = str(folder.temporary)
    tempfile.tempdir = str(folder.temporary)  # what programs send while it arrives
    gradio_import.install()
    import uvicorn

    from transcriber.server.app import create_app, create_app_beyond
    from transcriber.server.routes.v1.access import ByPort, Limits

    port, page_port = listeners[0].getsockname()[1], listeners[-1].getsockname()[1]
    page, limits = _url(LOOPBACK, page_port), Limits(serving.largest, serving.at_once)
    app: Any = create_app(dispatcher, configurations, setups, limits, serving.origins)
    _mount_page(app, dispatcher, configurations, page_port)
    here = LOOPBACK if ip_address(serving.host).is_unspecified else serving.host
    lines = [f"Transcribe is running at {_url(here, port)}"]
    if serving.is_open:
        token = serving.token or secrets.token_urlsafe(24)
        beyond = create_app_beyond(dispatcher, configurations, limits, token, serving.origins)
        app = ByPort({page_port: app}, beyond)
        urls = " or ".join(f"{_url(host, port)}v1" for host in _addresses(serving.host))
        lines.append(OPEN_MESSAGE.format(urls=urls, token=token, page=page))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            print(*lines, sep="\n", flush=True)
            folder.publish(page)
            options = configurations.options(configurations.active())
            threading.Thread(target=dispatcher.start, args=(options,), daemon=True).start()
            if serving.opens_browser:
                threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()

    logging.getLogger("uvicorn.error").addFilter(_says_something)
    Server(uvicorn.Config(app, **PROTOCOLS, log_level="warning", timeout_graceful_shutdown=1)).run(sockets=listeners)


def _says_something(record: logging.LogRecord) -> bool:
    """Not that a client offered another protocol (Java's do with each request) or sent no text; nor that the program
    was ended while it answered."""
    is_ending = bool(record.exc_info and record.exc_info[0] is asyncio.CancelledError)
    return not is_ending and not record.getMessage().startswith(
        ("Unsupported upgrade request", "Invalid UTF-8", "Cancel ")
    )


def _mount_page(app: "FastAPI", dispatcher: Dispatcher, configurations: Configurations, port: int) -> None:
    """Our files, and Gradio, of which only the page and its functions for programs can be reached."""
    import gradio
    from starlette.routing import Mount

    from transcriber.server.guard import PageOnly
    from transcriber.ui.files import PageFiles
    from transcriber.ui.head import OurHead
    from transcriber.ui.page import THEME, build

    app.mount("/page", PageFiles())
    page = build(dispatcher, configurations)
    page.queue(api_open=False)
    gradio_queue.rest_when_free(page)
    gradio.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=LOOPBACK,
        server_port=port,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        theme=THEME,
        app_kwargs={"openapi_url": None},
    )
    (mount,) = (route for route in app.routes if isinstance(route, Mount) and route.path == "")
    mount.app = PageOnly(OurHead(mount.app))
