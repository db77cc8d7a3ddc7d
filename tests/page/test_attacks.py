"""What other pages in the browser, and other programs, may try: each row of what Gradio alone would let through."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import DEMO_MODELS
from tools.running import SERVE, start_page


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """All but the engine process, which no request of these may reach."""
    folder = tmp_path_factory.mktemp("attacked")
    with Program(folder / "data", command=SMALL_ENGINE) as program:
        yield program
    assert not (program.data_dir / "asked.jsonl").exists()


class Evil(BaseHTTPRequestHandler):
    """A page of another site, on another port of this computer; it hears what it is told."""

    heard: list[str] = []  # noqa: RUF012  (one for all requests is meant)

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body></body>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(params=["127.0.0.1", "localhost"])
def foreign(request: pytest.FixtureRequest, browser: Browser, evil: str) -> Iterator[Page]:
    """A tab on the foreign page: another port (same-site for the browser), or another name (cross-site)."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(evil.replace("127.0.0.1", request.param))
    yield tab
    context.close()


@pytest.fixture(autouse=True)
def nothing_changes(program: Program) -> Iterator[None]:
    yield
    assert httpx.get(f"{program.address}jobs", trust_env=False).json()["jobs"] == []
    assert list((program.data_dir / "recordings").iterdir()) == []
    assert list((program.data_dir / "temporary").rglob("*.*")) == []


TARGETS = [
    ("POST", "gradio_api/component_server", "text/plain"),
    ("POST", "gradio_api/upload", "multipart/form-data; boundary=x"),
    ("POST", "gradio_api/run/predict", "text/plain"),
    ("POST", "gradio_api/queue/join", "text/plain"),
    ("POST", "recordings", "text/plain"),
    ("POST", "microphone", "text/plain"),
    ("POST", "jobs", "text/plain"),
    ("POST", "api/set_stt_model/", "text/plain"),
    ("POST", "api/create_stt_model/", "text/plain"),
    ("POST", "api/delete_stt_model/", "text/plain"),
    ("POST", "models/whisper-tiny/download", "text/plain"),
    ("GET", "api/get_stt_models/", None),
    ("GET", "models", None),
    ("GET", "jobs", None),
    ("GET", "config", None),
]


@pytest.mark.parametrize(("method", "path", "kind"), TARGETS)
def test_a_foreign_fetch_reads_nothing_and_does_nothing(
    foreign: Page, address: str, method: str, path: str, kind: str | None
) -> None:
    script = """async ([url, method, kind]) => {
        const said = [];
        for (const mode of ["cors", "no-cors"]) {
            const body = method === "POST" ? '{"name": "x.wav", "size": 1}' : undefined;
            const headers = kind ? {"content-type": kind} : {};
            said.push(await fetch(url, {method, mode, body, headers}).then((answer) => answer.text(), () => ""));
        }
        return said.join("");
    }"""
    statuses: list[int] = []
    foreign.on("response", lambda answer: statuses.append(answer.status) if answer.url.startswith(address) else None)
    assert foreign.evaluate(script, [f"{address}{path}", method, kind]) == ""
    assert statuses and set(statuses) == {403}


@pytest.mark.parametrize(
    "path", ["gradio_api/upload", "recordings", "jobs", "api/set_stt_model/", "models/whisper-tiny/download"]
)
def test_a_foreign_form_does_nothing(foreign: Page, address: str, path: str) -> None:
    foreign.evaluate(
        """(action) => {
            const form = document.createElement("form");
            Object.assign(form, {action, method: "POST", enctype: "multipart/form-data"});
            form.innerHTML = '<input name="files" value="x">';
            document.body.append(form);
            form.submit();
        }""",
        f"{address}{path}",
    )
    foreign.wait_for_url(f"{address}{path}")
    assert foreign.inner_text("body") == "another page may not use this server"


def test_it_cannot_be_framed(foreign: Page, address: str) -> None:
    foreign.evaluate(
        "(url) => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }",
        address,
    )
    foreign.wait_for_timeout(1500)
    assert all("Transcribe" not in frame.content() for frame in foreign.frames)


def test_images_and_scripts_of_a_foreign_page_get_nothing(foreign: Page, address: str) -> None:
    script = """(url) => Promise.all(["img", "script", "audio"].map((name) => new Promise((resolve) => {
        const made = document.createElement(name);
        for (const event of ["load", "loadedmetadata"]) made.addEventListener(event, () => resolve("loaded"));
        made.addEventListener("error", () => resolve("refused"));
        made.src = url;
        document.body.append(made);
    })))"""
    for path in ("page/icon.svg", "page/page.js", "jobs"):
        assert foreign.evaluate(script, f"{address}{path}") == ["refused"] * 3


def test_dns_rebinding(browser: Browser, program: Program) -> None:
    """A foreign name that leads to this computer: for the browser it would be the same origin."""
    context = browser.new_context()
    tab = context.new_page()
    answer = tab.goto(f"http://rebound.test:{program.port}/")
    assert answer.status == 403
    assert tab.inner_text("body") == "this server answers to its own address only"
    for path in ("jobs", "config", "gradio_api/info"):
        assert tab.evaluate("async (path) => (await fetch(path)).status", f"/{path}") == 403
    context.close()


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=../../../../etc/passwd",
        "gradio_api/file%3D/etc/passwd",
        "gradio_api//file=/etc/passwd",
        "GRADIO_API/file=/etc/passwd",
        "file=/etc/passwd",
        "gradio_api/proxy=http://127.0.0.1:1/",
        "static/../../../../etc/passwd",
        "static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "assets/..%2f..%2f..%2fetc/passwd",
        "page/../server.py",
        "page/%2e%2e/%2e%2e/server.py",
        "page/..%2f..%2fserver.py",
        "theme.css/../monitoring",
        "config/x",
        "info",
        "monitoring",
        "docs",
        "gradio_api/openapi.json",
        "gradio_api/runs",
        "gradio_api/config",
        "gradio_api/startup-events",
        "login",
        "mcp",
    ],
)
def test_nothing_but_the_page_and_our_functions_can_be_read(address: str, path: str) -> None:
    with httpx.Client(trust_env=False) as client:
        request = client.build_request("GET", address)
        request.url = request.url.copy_with(raw_path=f"/{path}".encode())
        answer = client.send(request)
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text
    assert "def " not in answer.text


def test_the_server_fetches_nothing_for_anybody(address: str, evil: str) -> None:
    """Addresses in a `file=` path, and FileData with an http path."""
    recording = {"path": f"{evil}stolen", "url": f"{evil}stolen", "meta": {"_type": "gradio.FileData"}}
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{address}gradio_api/file={evil}stolen").status_code == 403
        functions = {one["api_name"]: one["id"] for one in client.get(f"{address}config").json()["dependencies"]}
        body = {"data": [recording, "", "auto", ""], "fn_index": functions["transcribe"], "session_hash": "abc"}
        for path in ("gradio_api/run/transcribe", "gradio_api/call/transcribe", "gradio_api/api/transcribe"):
            assert client.post(f"{address}{path}", json=body).status_code == 403
        assert client.post(f"{address}gradio_api/queue/join", json=body).status_code == 200
        told = client.get(f"{address}gradio_api/queue/data", params={"session_hash": "abc"}).text
    assert '"msg":"process_completed"' in told
    assert '"success":false' in told
    assert "/stolen" not in Evil.heard


def test_the_environment_cannot_open_it_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("GRADIO_SERVER_NAME", "0.0.0.0"),
        ("GRADIO_SHARE", "1"),
        ("GRADIO_ALLOWED_PATHS", "/"),
        ("GRADIO_MCP_SERVER", "1"),
        ("GRADIO_TEMP_DIR", str(tmp_path / "elsewhere")),
        ("GRADIO_ANALYTICS_ENABLED", "True"),
    ):
        monkeypatch.setenv(name, value)
    with Program(tmp_path / "data") as program:
        assert program.address.startswith("http://127.0.0.1:")
        environment = Path(f"/proc/{program.process.pid}/net/tcp").read_text()
        listening = [line.split()[1] for line in environment.splitlines()[1:] if line.split()[3] == "0A"]
        assert f"0100007F:{program.port:04X}" in listening
        assert f"00000000:{program.port:04X}" not in listening
        assert httpx.get(f"{program.address}gradio_api/file=/etc/passwd", trust_env=False).status_code == 403
        assert not (tmp_path / "elsewhere").exists()
        assert os.stat(program.data_dir / "temporary").st_mode & 0o777 == 0o700


ASK = """async ([url, path, token]) => {
    const form = new FormData();
    form.append("model", "whisper-1");
    form.append("file", new Blob([new Uint8Array(2000)]), "talk.wav");
    const headers = token ? {authorization: `Bearer ${token}`, "x-stainless-os": "Browser"} : {};
    const asked = path.startsWith("/v1/audio") ? {method: "POST", body: form, headers} : {headers};
    try {
        const answer = await fetch(url + path, asked);
        return `${answer.status} ${(await answer.text()).slice(0, 400)}`;
    } catch (error) { return String(error); }
}"""
REFUSED = "TypeError: Failed to fetch"


@pytest.mark.logs("blocked by CORS policy", "Failed to load resource", "net::ERR_FAILED")
def test_a_page_of_an_origin_that_was_let_in(tmp_path: Path, browser: Browser, evil: str) -> None:
    """It asks for the models and has a recording transcribed, with headers of its own, and reads what is refused; the
    jobs are none of its business. The same page by its other name is another origin."""
    origin = evil.rstrip("/")
    arguments = ("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "data", "--allow-origin", origin)
    process, address = start_page(*arguments, program=SERVE)
    url, tab = address.rstrip("/"), browser.new_page()
    try:
        tab.goto(evil)
        assert tab.evaluate(ASK, [url, "/v1/models", ""]).startswith('200 {"object":"list"')
        assert tab.evaluate(ASK, [url, "/v1/models/parrot", "any"]).startswith('404 {"error"')
        heard = tab.evaluate(ASK, [url, "/v1/audio/transcriptions", "any"])
        assert heard.startswith('400 {"error"')
        assert "invalid_audio" in heard
        assert tab.evaluate(ASK, [url, "/jobs", ""]) == REFUSED
        tab.goto(evil.replace("127.0.0.1", "localhost"))
        for path, token in (("/v1/models", ""), ("/v1/audio/transcriptions", "any")):
            assert tab.evaluate(ASK, [url, path, token]) == REFUSED
    finally:
        tab.close()
        process.terminate()
        process.wait(20)
