"""A headless Chromium, driven by the DevTools protocol over a small websocket client: nothing but the standard library."""
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request


class Socket:
    """RFC 6455, as far as DevTools speaks it: text messages, in fragments or not."""

    def __init__(self, address):
        host, path = address.removeprefix("ws://").split("/", 1)
        name, port = host.split(":")
        self.socket = socket.create_connection((name, int(port)), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise OSError(head.decode())

    def take(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(1 << 20)
            if not more:
                raise OSError("the browser hung up")
            self.buffer += more
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def send(self, text):
        body, mask = text.encode(), os.urandom(4)
        size = len(body)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size) if size < 1 << 16 else b"\xff" + struct.pack(">Q", size)
        masked = (int.from_bytes(body, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")).to_bytes(size, "big") if size else b""
        self.socket.sendall(b"\x81" + length + mask + masked)

    def receive(self):
        message = b""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            size = struct.unpack(">H", self.take(2))[0] if size == 126 else struct.unpack(">Q", self.take(8))[0] if size == 127 else size
            message += self.take(size)
            if first & 0x80:
                return message.decode()


class Browser:
    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not program:
            raise FileNotFoundError("chromium is not installed")
        self.folder = tempfile.mkdtemp(prefix="wwreport-chromium-")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-extensions",
             "--disable-dev-shm-usage", "--force-color-profile=srgb", "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        ready, deadline = os.path.join(self.folder, "DevToolsActivePort"), time.monotonic() + 60
        while not (os.path.exists(ready) and len(open(ready).read().split()) == 2):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise OSError("chromium did not start")
            time.sleep(0.05)
        self.port = open(ready).read().split()[0]

    def page(self, **options):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        return Page(json.load(urllib.request.urlopen(request, timeout=60)), self, **options)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
window.addEventListener('beforeprint', () => setTimeout(() => 0));
"""


class Page:
    """One tab. What it asks the network for, what it throws and the dialogs it opens are kept."""

    def __init__(self, target, browser, width=1240, height=900, dark=False, touch=False, media="screen"):
        self.target, self.browser, self.serial = target, browser, 0
        self.socket, self.events = Socket(target["webSocketDebuggerUrl"]), []
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.size(width, height, touch)
        self.emulate(dark, media)

    def size(self, width, height, touch=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)

    def emulate(self, dark=False, media="screen", still=False):
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        features += [{"name": "prefers-reduced-motion", "value": "reduce"}] if still else []
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def call(self, method, **parameters):
        self.serial += 1
        self.socket.send(json.dumps({"id": self.serial, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get("id") == self.serial:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)
            if message.get("method") == "Page.javascriptDialogOpening":  # else the page would wait for ever
                self.socket.send(json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}))

    def open(self, path, patience=60):
        """Opens the file and waits until the page says it is put together; the seconds that took."""
        began = time.monotonic()
        self.call("Page.navigate", url=f"file://{path}")
        while not self.run("document.documentElement && document.documentElement.dataset.ready === 'true' && location.protocol === 'file:'"):
            if time.monotonic() - began > patience:
                raise TimeoutError(f"the page was not ready: {self.thrown()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def run(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description") or answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def key(self, name, shift=False):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35}
        common = {"key": name, "code": name, "windowsVirtualKeyCode": codes[name], "modifiers": 8 if shift else 0}
        if name == "Enter":
            common["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def of(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def thrown(self):
        return [str(event["exceptionDetails"].get("exception", {}).get("description")) for event in self.of("Runtime.exceptionThrown")]

    def asked(self):
        return [event["request"]["url"] for event in self.of("Network.requestWillBeSent")]

    def tree(self):
        """What a screen reader gets: nodes with role and name."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        value = lambda node, key: (node.get(key) or {}).get("value", "")  # noqa: E731
        return [{"role": value(node, "role"), "name": value(node, "name"), "level": next((p["value"].get("value") for p in node.get("properties", []) if p["name"] == "level"), None), "node": node.get("backendDOMNodeId")} for node in nodes if not node.get("ignored")]

    def screenshot(self, path, height=None, whole=False):
        options = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], height or size["height"]), "scale": 1}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", **options)["data"]))

    def pdf(self):
        self.call("Emulation.setEmulatedMedia", media="")  # else it would print what the screen shows
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    def close(self):
        urllib.request.urlopen(f"http://127.0.0.1:{self.browser.port}/json/close/{self.target['id']}", timeout=30).read()
        self.socket.socket.close()
