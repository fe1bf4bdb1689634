"""Receives mammoeval's webhooks, and refuses what is forged, stale or comes twice.

Usage: receive_webhook.py [port], with the site's MAMMOEVAL_WEBHOOK_SECRET in the environment.
"""
import base64, hashlib, hmac, json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["MAMMOEVAL_WEBHOOK_SECRET"].removeprefix("whsec_"))
STALE_S = 300
seen = set()  # in earnest: in your database, with the work that a message starts


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers["content-length"]), 65536))
        message, stamp = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp"))
        signed = hmac.new(KEY, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
        right = "v1," + base64.b64encode(signed).decode()
        given = self.headers.get("webhook-signature", "").encode().split()
        if not any(hmac.compare_digest(one, right.encode()) for one in given):
            return self.send_error(401, "the signature is not right")
        if abs(time.time() - int(stamp)) > STALE_S:
            return self.send_error(401, "the message is stale")
        if message not in seen:  # one that comes twice is answered as well, or it would come again
            seen.add(message)
            print(json.loads(body)["data"]["status"], json.loads(body)["data"]["evaluation"], flush=True)
        self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 9000), Receiver).serve_forever()
