"""A small real OpenID provider on loopback: discovery, authorisation with a log-in form, token
end point with client secret and PKCE (S256), RS256-signed ID token, user-info, JWKS.

``faults`` switches what can go wrong; ``person`` says who logs in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Provider:
    """The provider; use it as a context manager."""

    client_id, client_secret = "leitstand", "geheim-geheim"

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.faults: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.delay = 0.0
        self.seen: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/stadt"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def log_in(self, **person: Any) -> None:
        """Set the claims of the person who will log in."""
        self.person = {"sub": person.get("preferred_username", "x"), **person}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Stay silent."""

            def do_GET(self) -> None:
                time.sleep(provider.delay)
                url = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(url.query).items()}
                self.answer(*provider.get(url.path, query, dict(self.headers)))

            def do_POST(self) -> None:
                time.sleep(provider.delay)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = {k: v[0] for k, v in parse_qs(body).items()}
                self.answer(*provider.post(urlsplit(self.path).path, form))

            def answer(self, status: int, body: Any, headers: dict[str, str]) -> None:
                text = body if isinstance(body, str) else json.dumps(body)
                self.send_response(status)
                kind = "text/html" if isinstance(body, str) else "application/json"
                self.send_header("Content-Type", kind)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

        return Handler

    # --- what it answers ---------------------------------------------------------------------

    def get(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Any:
        """Answer GET as (status, body, headers)."""
        part = path.rsplit("/stadt", 1)[-1]
        self.seen.append(part)
        if "broken" in self.faults:
            return 500, "<h1>Fehler</h1>", {}
        if part == "/.well-known/openid-configuration":
            return 200, self.discovery(), {}
        if part == "/authorize":
            return self.authorize(query)
        if part == "/jwks":
            return 200, self.jwks(), {}
        if part == "/userinfo":
            token = headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.tokens:
                return 401, {"error": "invalid_token"}, {}
            claims = dict(self.tokens[token])
            if "other-subject" in self.faults:
                claims["sub"] = "somebody-else"
            return 200, claims, {}
        return 404, {"error": "not_found"}, {}

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        issuer = "http://127.0.0.1:1/evil" if "other-issuer" in self.faults else self.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        numbers = KEY.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256"}
        return {"keys": [{**key, "n": _number(numbers.n), "e": _number(numbers.e)}]}

    def authorize(self, query: dict[str, str]) -> Any:
        """Show the log-in form; ``?user=…`` would be its answer, ``deny`` the refusal."""
        assert query["client_id"] == self.client_id
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if "denied" in self.faults:
            back = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(12)
            self.codes[code] = query
            back = {"code": code, "state": query["state"]}
        return 302, "", {"Location": f"{query['redirect_uri']}?{urlencode(back)}"}

    def post(self, path: str, form: dict[str, str]) -> Any:
        """Answer the token end point."""
        if "broken" in self.faults or not path.endswith("/token"):
            return 500, "<h1>Fehler</h1>", {}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}, {}
        if form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client"}, {}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}, {}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 60}
        if "no-id-token" not in self.faults:
            answer["id_token"] = self.id_token()
        return 200, answer, {}

    def id_token(self) -> str:
        """The signed ID token, with the faults that are switched on."""
        now = int(time.time())
        claims = {
            **self.person,
            "iss": self.issuer,
            "aud": "other-client" if "other-audience" in self.faults else self.client_id,
            "iat": now,
            "exp": now - 600 if "expired" in self.faults else now + 60,
        }
        if "unsigned" in self.faults:
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})
        key = OTHER_KEY if "wrong-signature" in self.faults else KEY
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})
